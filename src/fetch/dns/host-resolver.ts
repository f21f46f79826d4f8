import { hostname } from 'node:os';
import { LRUCache } from 'lru-cache';
import { dnsReasonOf } from '../../model/reason.ts';
import { type AddressListener, HostEntry } from './host-entry.ts';
import { NameQuery } from './name-query.ts';
import { QueryChannels } from './query-channels.ts';
import {
  candidatesFor,
  type Hosts,
  hasGlobalIpv6,
  parseHosts,
  parseResolvConf,
  type ResolvConf,
  type SystemPolicy,
  systemPolicyOf,
} from './system-config.ts';
import { SystemLookup } from './system-lookup.ts';
import { WatchedFile } from './watched-file.ts';

/** Options of a {@link HostResolver}. @default what the system does */
export interface HostResolverOptions {
  /** Name servers to ask in place of the system's: `address`, `address:port` or `[address]:port`. */
  readonly servers?: readonly string[] | undefined;
  /** A clock in ms that never goes back. */
  readonly now?: (() => number) | undefined;
  readonly files?: Partial<Files> | undefined;
  readonly hasIpv6?: (() => boolean) | undefined;
  readonly system?: Pick<SystemLookup, 'lookup' | typeof Symbol.dispose> | undefined;
}

/** The system's files about resolving names. */
interface Files {
  readonly hosts: string;
  readonly resolvConf: string;
  readonly nsswitch: string;
}

const FILES: Files = {
  hosts: '/etc/hosts',
  resolvConf: '/etc/resolv.conf',
  nsswitch: '/etc/nsswitch.conf',
};

/** The most hosts whose addresses are kept: some 550 bytes each. */
const MOST_KEPT = 4_000;

/** How long addresses are kept, in ms. c-ares itself keeps them for an hour at most. */
const LEAST_KEPT = 1_000;
const LONGEST_KEPT = 3_600_000;

/** How long the system's addresses, which come without a TTL, are kept, in ms: as in curl. */
const SYSTEM_KEPT = 60_000;

/**
 * How long a failure is kept, in ms: long enough for concurrent requests, so that a retry asks
 * again. That a host does not exist is kept longer once it was confirmed, as for a short negative
 * TTL (RFC 2308 section 5), which c-ares does not report.
 */
const FAILURE_KEPT = 250;
const CONFIRMED_KEPT = 60_000;

/**
 * How often a name server is asked, at least: over half a minute. c-ares gives up after that, and a slow
 * name would be lost; so the connect deadline decides when it is too late. A server that answers nonsense is
 * asked that often at once.
 */
const LEAST_ATTEMPTS = 8;

/** How long this machine is assumed to keep its addresses, in ms. */
const IPV6_KEPT = 10_000;

/** Names of this machine, whatever a name server says (RFC 6761 section 6.3). */
const LOCALHOST = /(?:^|\.)localhost\.?$/i;
const LOOPBACK = ['127.0.0.1', '::1'];

/**
 * Resolves hosts to addresses as the system would, thousands at a time: `/etc/hosts`, DNS through
 * c-ares, and the system's own look-up for names that it resolves by other means. Concurrent
 * requests for a host share one look-up, whose addresses are kept for their TTL.
 */
export class HostResolver implements Disposable {
  readonly #now: () => number;
  readonly #servers: readonly string[] | undefined;
  readonly #entries = new LRUCache<string, HostEntry>({ max: MOST_KEPT });
  readonly #hosts: WatchedFile<Hosts>;
  readonly #resolvConf: WatchedFile<ResolvConf>;
  readonly #policy: WatchedFile<SystemPolicy>;
  /** Made for the first name that the system is asked for. */
  #system: Pick<SystemLookup, 'lookup' | typeof Symbol.dispose> | undefined;
  readonly #hasIpv6: () => boolean;
  #ipv6: { readonly isThere: boolean; readonly until: number } | undefined;
  #dns: { readonly channels: QueryChannels; readonly conf: ResolvConf } | undefined;
  /** Look-ups under way: an entry may be evicted before its answer comes. */
  readonly #pending = new Set<HostEntry>();
  #isDisposed = false;

  constructor(options: HostResolverOptions = {}) {
    const { servers, now = () => performance.now(), files, hasIpv6 = hasGlobalIpv6 } = options;
    const { hosts, resolvConf, nsswitch } = { ...FILES, ...files };
    this.#servers = servers?.length ? servers : undefined;
    this.#now = now;
    this.#hosts = new WatchedFile(hosts, parseHosts, now);
    this.#resolvConf = new WatchedFile(
      resolvConf,
      (text) => parseResolvConf(text, hostname()),
      now,
    );
    this.#policy = new WatchedFile(nsswitch, policyHere, now);
    this.#system = options.system;
    this.#hasIpv6 = hasIpv6;
  }

  /**
   * Looks a host up, and reports to the listener until `isLast`, a failure, or disposal.
   * @param host a name, in any case
   */
  lookup(host: string, listener: AddressListener): Disposable {
    if (this.#isDisposed) return NOTHING;
    const known = this.#addressesHere(host);
    if (known !== undefined) {
      listener.onAddresses(known, true);
      return NOTHING;
    }
    const key = host.toLowerCase();
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.isStale(this.#now())) {
      return this.#start(key, entry?.failures ?? 0, listener);
    }
    return entry.join(listener);
  }

  /** Ends all look-ups; neither they nor later ones report anything. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const entry of this.#pending) entry[Symbol.dispose]();
    this.#dns?.channels[Symbol.dispose]();
    this.#system?.[Symbol.dispose]();
    this.#entries.clear();
  }

  /** Addresses that are known without a name server. */
  #addressesHere(host: string): readonly string[] | undefined {
    const name = host.toLowerCase().replace(/\.$/, '');
    const listed = this.#hosts.value.get(name);
    if (listed !== undefined) return listed;
    return LOCALHOST.test(name) ? LOOPBACK : undefined;
  }

  #start(key: string, failures: number, listener: AddressListener): Disposable {
    const entry = new HostEntry(failures, () => this.#pending.delete(entry));
    this.#pending.add(entry);
    const lookup = entry.join(listener);
    this.#entries.set(key, entry);
    const part = this.#servers === undefined ? this.#policy.value(key) : 'never';
    if (part === 'first') this.#askSystem(key, entry);
    else this.#askDns(key, entry, part === 'after');
    return lookup;
  }

  #askDns(key: string, entry: HostEntry, thenSystem: boolean): void {
    const { channels, conf } = this.#current();
    const query = new NameQuery(channels.ask, candidatesFor(key, conf), this.#usesIpv6(), {
      onAddresses: (addresses, ttl, isLast) => {
        const kept = Math.min(Math.max(ttl * 1_000, LEAST_KEPT), LONGEST_KEPT);
        entry.add(addresses, this.#now() + kept, isLast);
      },
      onFailure: (error) => {
        // When no name server answers, the system would only wait for the same ones again.
        if (thenSystem && error.code !== 'ETIMEOUT') this.#askSystem(key, entry);
        else this.#fail(entry, error);
      },
    });
    entry.waitFor(query);
  }

  #askSystem(key: string, entry: HostEntry): void {
    this.#system ??= new SystemLookup();
    const underWay = this.#system.lookup(key, (error, addresses) => {
      if (error === undefined) entry.add(addresses, this.#now() + SYSTEM_KEPT, true);
      else this.#fail(entry, error);
    });
    entry.waitFor(underWay);
  }

  #fail(entry: HostEntry, error: NodeJS.ErrnoException): void {
    const isConfirmed = entry.failures > 0 && dnsReasonOf(error.code) === 'dns-not-found';
    entry.fail(error, this.#now() + (isConfirmed ? CONFIRMED_KEPT : FAILURE_KEPT));
  }

  /** Follows changes of resolv.conf: a machine may change networks during a run of hours. */
  #current(): { readonly channels: QueryChannels; readonly conf: ResolvConf } {
    const conf = this.#resolvConf.value;
    if (this.#dns?.conf !== conf) {
      const tries = Math.max(conf.attempts, LEAST_ATTEMPTS);
      // The channels of the earlier file end with their queries.
      const channels = new QueryChannels({ timeout: conf.timeout, tries, servers: this.#servers });
      this.#dns = { channels, conf };
    }
    return this.#dns;
  }

  #usesIpv6(): boolean {
    const now = this.#now();
    if (this.#ipv6 === undefined || this.#ipv6.until <= now) {
      this.#ipv6 = { isThere: this.#looksIpv6(), until: now + IPV6_KEPT };
    }
    return this.#ipv6.isThere;
  }

  #looksIpv6(): boolean {
    try {
      return this.#hasIpv6();
    } catch {
      // The system has no open file left for the question (EMFILE): assume that nothing changed.
      return this.#ipv6?.isThere ?? false;
    }
  }
}

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/**
 * Systems other than Linux also resolve names by means that no file mentions (such as mDNSResponder
 * on macOS). There the system is asked after DNS.
 */
function policyHere(nsswitch: string): SystemPolicy {
  return process.platform === 'linux' ? systemPolicyOf(nsswitch) : () => 'after';
}
