import { BlockList, isIP, isIPv4, isIPv6 } from 'node:net';
import { AddressError } from '../../model/failure.ts';
import type { AddressListener } from './host-entry.ts';

/** Names of this machine, whatever a resolver says (RFC 6761 section 6.3). */
const LOCALHOST = /(?:^|\.)localhost\.?$/i;

/**
 * Refuses hosts that are not on the public Internet.
 *
 * Names are checked by their addresses, at the moment of connecting: connections are made to the
 * very addresses that were checked, so a name that resolves to others the next time gains nothing.
 */
export class AddressGuard {
  readonly #specialUseOf: (address: string) => SpecialUse | undefined;

  /** @param useOf says why an address is refused. @default the table of special addresses */
  constructor(useOf: (address: string) => SpecialUse | undefined = specialUseOf) {
    this.#specialUseOf = useOf;
  }

  /**
   * Checks a host that needs no resolver: an address, or a name of this machine.
   * @param hostname as in `URL.hostname`
   * @throws AddressError
   */
  check(hostname: string): void {
    if (LOCALHOST.test(hostname)) throw new AddressError(hostname, 'loopback');
    const address = hostname.replace(/^\[|\]$/g, '');
    const use = isIP(address) === 0 ? undefined : this.#specialUseOf(address);
    if (use !== undefined) throw new AddressError(address, use);
  }

  /** A listener that passes on allowed addresses, or an AddressError when there are none. */
  guarded(host: string, listener: AddressListener): AddressListener {
    let refusal: AddressError | undefined;
    let hasAllowed = false;
    return {
      onAddresses: (addresses, isLast) => {
        const allowed = addresses.filter((address) => {
          const use = this.#specialUseOf(address);
          if (use !== undefined) refusal ??= new AddressError(host, use, address);
          return use === undefined;
        });
        hasAllowed ||= allowed.length > 0;
        if (isLast && !hasAllowed && refusal !== undefined) listener.onFailure(refusal);
        else listener.onAddresses(allowed, isLast);
      },
      onFailure: (error) => listener.onFailure(refusal ?? error),
    };
  }
}

/**
 * Ranges of addresses without hosts on the public Internet, by their use: IANA's special-purpose
 * address registries (RFC 6890), with multicast and reserved space. The first range with an address
 * decides. Addresses within a range of protocol assignments that the registries call global (such
 * as Teredo's) count like the rest of it: they serve no files.
 */
const IPV4 = {
  unspecified: ['0.0.0.0/8'], // RFC 1122 section 3.2.1.3: "this network"
  loopback: ['127.0.0.0/8'], // RFC 1122 section 3.2.1.3
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16'], // RFC 1918
  'link-local': ['169.254.0.0/16'], // RFC 3927; the metadata services of clouds are here
  'carrier-grade NAT': ['100.64.0.0/10'], // RFC 6598
  multicast: ['224.0.0.0/4'], // RFC 5771
  documentation: ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24'], // RFC 5737
  benchmarking: ['198.18.0.0/15'], // RFC 2544
  broadcast: ['255.255.255.255/32'], // RFC 8190
  reserved: ['192.0.0.0/24', '192.88.99.0/24', '240.0.0.0/4'], // RFC 6890, RFC 7526, RFC 1112
} as const;

const IPV6 = {
  unspecified: ['::/128'], // RFC 4291
  loopback: ['::1/128'], // RFC 4291
  private: ['fec0::/10'], // RFC 3879: site-local, as some still use it
  'link-local': ['fe80::/10'], // RFC 4291
  'unique-local': ['fc00::/7'], // RFC 4193
  multicast: ['ff00::/8'], // RFC 4291
  documentation: ['2001:db8::/32', '3fff::/20'], // RFC 3849, RFC 9637
  benchmarking: ['2001:2::/48'], // RFC 5180
  // RFC 2928; and everything outside 2000::/3, where the hosts of the Internet are (RFC 4291).
  reserved: ['2001::/23', '::/3', '4000::/2', '8000::/1'],
} as const;

/** Why an address does not belong to a host on the public Internet. */
export type SpecialUse = keyof typeof IPV4 | keyof typeof IPV6;

type Ranges = readonly (readonly [use: SpecialUse, ranges: BlockList])[];

// Apart from each other: Node holds an IPv4 address against IPv6 ranges as well, in its mapped form. Made
// when the first address is checked: most runs check none.
let ipv4Ranges: Ranges | undefined;
let ipv6Ranges: Ranges | undefined;

/**
 * The special use of an IP address. An IPv6 address that stands for an IPv4 one counts as that one.
 * @param address as resolvers write it, with or without a zone; an invalid one counts as reserved
 * @returns undefined for a host on the public Internet
 */
export function specialUseOf(address: string): SpecialUse | undefined {
  ipv4Ranges ??= rangesOf(IPV4, 'ipv4');
  ipv6Ranges ??= rangesOf(IPV6, 'ipv6');
  if (isIPv4(address)) return useIn(ipv4Ranges, address, 'ipv4');
  const bare = address.replace(/%.*$/s, '');
  if (!isIPv6(bare)) return 'reserved';
  const embedded = embeddedIPv4(hextetsOf(bare));
  if (embedded !== undefined) return useIn(ipv4Ranges, embedded, 'ipv4');
  return useIn(ipv6Ranges, bare, 'ipv6');
}

function rangesOf(table: Readonly<Record<string, readonly string[]>>, family: 'ipv4' | 'ipv6') {
  return Object.entries(table).map(([use, ranges]) => {
    const list = new BlockList();
    for (const range of ranges) {
      const [network = '', prefix] = range.split('/');
      list.addSubnet(network, Number(prefix), family);
    }
    return [use as SpecialUse, list] as const;
  });
}

function useIn(ranges: Ranges, address: string, family: 'ipv4' | 'ipv6'): SpecialUse | undefined {
  return ranges.find(([, list]) => list.check(address, family))?.[0];
}

/** The eight numbers of an IPv6 address. */
function hextetsOf(address: string): number[] {
  // The URL standard writes each address in one way: in hexadecimal, with `::` once at most.
  const text = new URL(`http://[${address}]/`).hostname.slice(1, -1);
  const [left = [], right = []] = text.split('::').map((half) => {
    return half === '' ? [] : half.split(':').map((hextet) => Number.parseInt(hextet, 16));
  });
  return [...left, ...new Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/** Where an IPv6 address contains an IPv4 one, by its first numbers. */
const EMBEDDINGS: readonly (readonly [prefix: readonly number[], at: number])[] = [
  [[0, 0, 0, 0, 0, 0xffff], 6], // RFC 4291 section 2.5.5.2: mapped
  [[0x64, 0xff9b, 0, 0, 0, 0], 6], // RFC 6052: NAT64
  [[0x2002], 1], // RFC 3056: 6to4
];

function embeddedIPv4(hextets: readonly number[]): string | undefined {
  const found = EMBEDDINGS.find(([prefix]) => prefix.every((part, i) => hextets[i] === part));
  if (found === undefined) return undefined;
  const [, at] = found;
  const [high = 0, low = 0] = hextets.slice(at, at + 2);
  return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
}
