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

/** What a {@link HostResolver} goes by; by default what the system does. */
export interface HostResolverOptions {
  /** Name servers to ask in place of the system's: `address` or `address:port`, `[address]:port`. */
  readonly servers?: readonly string[] | undefined;
  /** A clock in ms that never goes back. */
  readonly now?: (() => number) | undefined;
  readonly files?: Partial<Files> | undefined;
  readonly hasIpv6?: (() => boolean) | undefined;
  readonly system?: Pick<SystemLookup, 'lookup' | typeof Symbol.dispose> | undefined;
}

/** Where the system says how names are resolved. */
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

/** Hosts whose answers are kept, at most: some 550 bytes each. */
const MOST_KEPT = 8_000;

/** Bounds of how long addresses are kept, in ms: an hour is what c-ares keeps itself at most. */
const LEAST_KEPT = 1_000;
const LONGEST_KEPT = 3_600_000;

/** How long the system's addresses are kept, which come without a TTL, in ms: as in curl. */
const SYSTEM_KEPT = 60_000;

/**
 * How long a failure is kept, in ms: for the requests that wait at the same time, so that another try
 * asks again. That a host does not exist is kept once it was said twice, as long as a short negative
 * TTL (RFC 2308 section 5; c-ares does not tell that of the answer).
 */
const FAILURE_KEPT = 250;
const CONFIRMED_KEPT = 60_000;

/**
 * How often a query is repeated, at least. c-ares gives up after so many, and a name that takes longer
 * than others would be lost; here the connect deadline says when it is too late.
 */
const LEAST_ATTEMPTS = 15;

/** How long this machine is taken to have the same addresses, in ms. */
const IPV6_KEPT = 10_000;

/** Names of this machine, whatever a name server says (RFC 6761 section 6.3). */
const LOCALHOST = /(?:^|\.)localhost\.?$/i;
const LOOPBACK = ['127.0.0.1', '::1'];

/**
 * Resolves hosts to addresses as the system would, thousands at a time: `/etc/hosts`, DNS by c-ares,
 * and the system's own look-up for what it resolves by other means. One look-up serves all who ask
 * for a host at the same time, and its answer is kept for its TTL.
 */
export class HostResolver implements Disposable {
  readonly #now: () => number;
  readonly #servers: readonly string[] | undefined;
  readonly #entries = new LRUCache<string, HostEntry>({ max: MOST_KEPT });
  readonly #hosts: WatchedFile<Hosts>;
  readonly #resolvConf: WatchedFile<ResolvConf>;
  readonly #policy: WatchedFile<SystemPolicy>;
  readonly #system: Pick<SystemLookup, 'lookup' | typeof Symbol.dispose>;
  readonly #hasIpv6: () => boolean;
  #ipv6: { readonly isThere: boolean; readonly until: number } | undefined;
  #dns: { readonly channels: QueryChannels; readonly conf: ResolvConf } | undefined;
  /** Look-ups under way: an entry may be evicted before its answer is there. */
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
    this.#system = options.system ?? new SystemLookup();
    this.#hasIpv6 = hasIpv6;
  }

  /**
   * Looks a host up. The listener is told until `isLast`, a failure, or until the look-up is disposed of.
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

  /** Ends all look-ups under way; nothing more is told, and later look-ups tell nothing. */
  [Symbol.dispose](): void {
    this.#isDisposed = true;
    for (const entry of this.#pending) entry[Symbol.dispose]();
    this.#dns?.channels[Symbol.dispose]();
    this.#system[Symbol.dispose]();
    this.#entries.clear();
  }

  /** What needs no name server. */
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
        // Where no name server answers, the system would wait for the same ones again.
        if (thenSystem && error.code !== 'ETIMEOUT') this.#askSystem(key, entry);
        else this.#fail(entry, error);
      },
    });
    entry.waitFor(query);
  }

  #askSystem(key: string, entry: HostEntry): void {
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

  /** By the resolv.conf as it is now: networks change under a run that takes hours. */
  #current(): { readonly channels: QueryChannels; readonly conf: ResolvConf } {
    const conf = this.#resolvConf.value;
    if (this.#dns?.conf !== conf) {
      const tries = Math.max(conf.attempts, LEAST_ATTEMPTS);
      // Those of the earlier one end with their queries.
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
      // The system has no file left for the question (EMFILE): it is as it was.
      return this.#ipv6?.isThere ?? false;
    }
  }
}

const NOTHING: Disposable = { [Symbol.dispose]() {} };

/**
 * Other systems than Linux resolve by means that no file names (such as mDNSResponder on macOS): there
 * the system is asked after DNS.
 */
function policyHere(nsswitch: string): SystemPolicy {
  return process.platform === 'linux' ? systemPolicyOf(nsswitch) : () => 'after';
}
