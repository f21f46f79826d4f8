import { LRUCache } from 'lru-cache';
import { type Hosts, parseHosts } from './hosts-file.ts';
import { hasGlobalIpv6 } from './ipv6.ts';
import { NameQuery } from './name-query.ts';
import { type SystemPolicy, systemPolicyOf } from './name-service-switch.ts';
import { QueryChannels } from './query-channels.ts';
import { candidatesFor, parseResolvConf, type ResolvConf } from './resolv-conf.ts';
import { SystemLookup } from './system-lookup.ts';
import { WatchedFile } from './watched-file.ts';

/** What is told of a look-up, perhaps before {@link HostResolver.lookup} returns. */
export interface AddressListener {
  /**
   * Addresses of the host, those to be tried first in front.
   * @param isLast whether no more come; the last ones may be none
   */
  onAddresses(addresses: readonly string[], isLast: boolean): void;
  /** There is none. @param error as Node has it, with a `code`, or AddressError */
  onFailure(error: Error): void;
}

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

/** Hosts whose answers are kept, at most: some 300 bytes each. */
const MOST_KEPT = 20_000;

/** Bounds of how long addresses are kept, in ms: an hour is what c-ares keeps itself at most. */
const LEAST_KEPT = 1_000;
const LONGEST_KEPT = 3_600_000;

/** How long the system's addresses are kept, which come without a TTL, in ms: as in curl. */
const SYSTEM_KEPT = 60_000;

/**
 * How long a failure is kept, in ms. The first one is kept for the requests that wait at the same time,
 * so that another try asks again; one that was found twice, as long as a short negative TTL (RFC 2308
 * section 5; c-ares does not tell that of the answer).
 */
const FAILURE_KEPT = 250;
const CONFIRMED_KEPT = 60_000;

/**
 * How often a query is repeated, at least. c-ares learns from fast answers to repeat soon, and gives up
 * after so many: a name that takes longer than others would be lost. Here the connect deadline says
 * when it is too late.
 */
const LEAST_ATTEMPTS = 15;

/** How long this machine is taken to have the same addresses, in ms. */
const IPV6_KEPT = 10_000;

/** Names of this machine, whatever a name server says (RFC 6761 section 6.3). */
const LOCALHOST = /(?:^|\.)localhost\.?$/i;
const LOOPBACK = ['127.0.0.1', '::1'];

interface Entry {
  addresses: readonly string[];
  failure: NodeJS.ErrnoException | undefined;
  /** In ms of the clock. */
  until: number;
  /** Failures in a row. */
  failures: number;
  /** More addresses may come. */
  isPending: boolean;
  listeners: Set<AddressListener> | undefined;
  /** What is under way for it. */
  work: Disposable | undefined;
}

/**
 * Resolves hosts to addresses as the system would, thousands at a time: `/etc/hosts`, DNS by c-ares,
 * and the system's own look-up for what it resolves by other means. One look-up serves all who ask
 * for a host at the same time, and its answer is kept for its TTL.
 */
export class HostResolver implements Disposable {
  readonly #now: () => number;
  readonly #servers: readonly string[] | undefined;
  readonly #entries = new LRUCache<string, Entry>({ max: MOST_KEPT });
  readonly #hosts: WatchedFile<Hosts>;
  readonly #resolvConf: WatchedFile<ResolvConf>;
  readonly #policy: WatchedFile<SystemPolicy>;
  readonly #system: Pick<SystemLookup, 'lookup' | typeof Symbol.dispose>;
  readonly #hasIpv6: () => boolean;
  #ipv6: { readonly isThere: boolean; readonly until: number } | undefined;
  #dns: { readonly channels: QueryChannels; readonly conf: ResolvConf } | undefined;
  /** Look-ups under way: an entry may be evicted before its answer is there. */
  readonly #pending = new Set<Entry>();

  constructor(options: HostResolverOptions = {}) {
    const { servers, now = () => performance.now(), files, hasIpv6 = hasGlobalIpv6 } = options;
    const { hosts, resolvConf, nsswitch } = { ...FILES, ...files };
    this.#servers = servers?.length ? servers : undefined;
    this.#now = now;
    this.#hosts = new WatchedFile(hosts, parseHosts, now);
    this.#resolvConf = new WatchedFile(resolvConf, parseResolvConf, now);
    this.#policy = new WatchedFile(nsswitch, policyHere, now);
    this.#system = options.system ?? new SystemLookup();
    this.#hasIpv6 = hasIpv6;
  }

  /**
   * Looks a host up. The listener is told until `isLast`, a failure, or until the look-up is disposed of;
   * once all of a host's look-ups are, nothing more is asked about it.
   * @param host a name, in any case
   */
  lookup(host: string, listener: AddressListener): Disposable {
    const known = this.#addressesHere(host);
    if (known !== undefined) {
      listener.onAddresses(known, true);
      return NOTHING;
    }
    const key = host.toLowerCase();
    const entry = this.#entries.get(key);
    if (entry === undefined || (!entry.isPending && entry.until <= this.#now())) {
      return this.#start(key, entry?.failures ?? 0, listener);
    }
    return this.#join(key, entry, listener);
  }

  /** Ends all look-ups under way; nothing more is told. */
  [Symbol.dispose](): void {
    for (const { work } of this.#pending) work?.[Symbol.dispose]();
    this.#pending.clear();
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
    const entry: Entry = {
      addresses: [],
      failure: undefined,
      until: Number.POSITIVE_INFINITY,
      failures,
      isPending: true,
      listeners: new Set([listener]),
      work: undefined,
    };
    this.#entries.set(key, entry);
    this.#pending.add(entry);
    const part = this.#servers === undefined ? this.#policy.value(key) : 'never';
    if (part === 'first') this.#askSystem(key, entry);
    else this.#askDns(key, entry, part === 'after');
    return { [Symbol.dispose]: () => this.#leave(key, entry, listener) };
  }

  /** Tells what an entry has, and has the rest told when it comes. */
  #join(key: string, entry: Entry, listener: AddressListener): Disposable {
    if (entry.failure !== undefined) {
      listener.onFailure(entry.failure);
      return NOTHING;
    }
    if (entry.isPending) entry.listeners?.add(listener);
    if (!entry.isPending || entry.addresses.length > 0) {
      listener.onAddresses(entry.addresses, !entry.isPending);
    }
    return { [Symbol.dispose]: () => this.#leave(key, entry, listener) };
  }

  #leave(key: string, entry: Entry, listener: AddressListener): void {
    const { listeners } = entry;
    if (listeners?.delete(listener) !== true || listeners.size > 0) return;
    entry.work?.[Symbol.dispose]();
    this.#settle(entry);
    // What is known already stays; an entry without an address would never get one.
    if (entry.addresses.length === 0 && this.#entries.peek(key) === entry) {
      this.#entries.delete(key);
    }
  }

  #askDns(key: string, entry: Entry, thenSystem: boolean): void {
    const { channels, conf } = this.#current();
    entry.work = new NameQuery(channels.ask, candidatesFor(key, conf), this.#usesIpv6(), {
      onAddresses: (addresses, ttl, isLast) => {
        const kept = Math.min(Math.max(ttl * 1_000, LEAST_KEPT), LONGEST_KEPT);
        this.#tell(entry, addresses, kept, isLast);
      },
      onFailure: (error) => {
        if (thenSystem) this.#askSystem(key, entry);
        else this.#fail(entry, error);
      },
    });
  }

  #askSystem(key: string, entry: Entry): void {
    entry.work = this.#system.lookup(key, (error, addresses) => {
      if (error === undefined) this.#tell(entry, addresses, SYSTEM_KEPT, true);
      else this.#fail(entry, error);
    });
  }

  #tell(entry: Entry, addresses: readonly string[], kept: number, isLast: boolean): void {
    entry.addresses = [...entry.addresses, ...addresses];
    if (addresses.length > 0) entry.until = Math.min(entry.until, this.#now() + kept);
    entry.failures = 0;
    const { listeners } = entry;
    if (isLast) this.#settle(entry);
    for (const listener of listeners ?? []) listener.onAddresses(addresses, isLast);
  }

  #fail(entry: Entry, error: NodeJS.ErrnoException): void {
    entry.failure = error;
    entry.failures++;
    entry.until = this.#now() + (entry.failures > 1 ? CONFIRMED_KEPT : FAILURE_KEPT);
    const { listeners } = entry;
    this.#settle(entry);
    for (const listener of listeners ?? []) listener.onFailure(error);
  }

  /** Nothing more comes for it. */
  #settle(entry: Entry): void {
    entry.isPending = false;
    entry.listeners = undefined;
    entry.work = undefined;
    this.#pending.delete(entry);
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
      this.#ipv6 = { isThere: this.#hasIpv6(), until: now + IPV6_KEPT };
    }
    return this.#ipv6.isThere;
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
