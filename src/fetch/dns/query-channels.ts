import { type RecordWithTtl, Resolver } from 'node:dns';
import type { AskAddresses } from './name-query.ts';

/** How name servers are asked. */
export interface ChannelOptions {
  /** How long to wait for an answer before the next try, in ms: what `timeout` of resolv.conf(5) says. */
  readonly timeout: number;
  /** How often each name server is asked. */
  readonly tries: number;
  /** Name servers as `Resolver.setServers()` takes them. @default the system's */
  readonly servers?: readonly string[] | undefined;
}

/**
 * The most concurrent queries of one c-ares channel. A channel has one UDP socket, whose buffer holds a few
 * hundred answers: with 3,000 queries over one, answers were lost, and all took 2.5 s instead of 0.3 s.
 */
const MOST_QUERIES = 64;

/**
 * The longest wait of the first try, in ms; each further try waits twice as long. Otherwise a lost
 * packet would cost the 5 s of resolv.conf(5), until c-ares has learned how fast the servers are.
 */
const FIRST_TIMEOUT = 1_000;

/**
 * How far the waits grow where resolv.conf says less, in ms. c-ares takes no answer that comes after its
 * next try. With waits that never grow, a server that is always later would never be heard.
 */
const LATEST_ANSWER = 5_000;

/** The most channels kept without a query: a new one costs as much as some queries. */
const MOST_IDLE = 8;

interface Channel {
  readonly resolver: Resolver;
  pending: number;
  /** Pending queries whose answers are of no use any more. */
  dropped: number;
}

/**
 * Asks name servers through c-ares, which can only cancel all queries of a channel. So a query is first
 * dropped: its channel takes no more queries, and is cancelled once all of its queries are dropped.
 */
export class QueryChannels implements Disposable {
  readonly #options: ChannelOptions;
  readonly #channels = new Set<Channel>();

  constructor(options: ChannelOptions) {
    this.#options = options;
  }

  /** Asks for the addresses of one family of a name. See {@link AskAddresses}. */
  readonly ask: AskAddresses = (name, family, answer) => {
    const channel = this.#channelWithRoom();
    let isDropped = false;
    channel.pending++;
    const onAnswer = (error: NodeJS.ErrnoException | null, records?: RecordWithTtl[]) => {
      channel.pending--;
      if (isDropped) channel.dropped--;
      this.#retire(channel);
      if (!isDropped) answer(error, records ?? []);
      isDropped = true;
    };
    if (family === 4) channel.resolver.resolve4(name, { ttl: true }, onAnswer);
    else channel.resolver.resolve6(name, { ttl: true }, onAnswer);
    return {
      [Symbol.dispose]: () => {
        if (isDropped) return;
        isDropped = true;
        channel.dropped++;
        this.#retire(channel);
      },
    };
  };

  /** Cancels all queries. They fail with ECANCELLED, except for those dropped before. */
  [Symbol.dispose](): void {
    for (const { resolver } of this.#channels) resolver.cancel();
    this.#channels.clear();
  }

  #channelWithRoom(): Channel {
    for (const channel of this.#channels) {
      if (channel.dropped === 0 && channel.pending < MOST_QUERIES) return channel;
    }
    const { timeout: usual, tries, servers } = this.#options;
    const timeout = Math.min(usual, FIRST_TIMEOUT);
    const resolver = new Resolver({ timeout, maxTimeout: Math.max(usual, LATEST_ANSWER), tries });
    if (servers !== undefined) resolver.setServers(servers);
    const channel: Channel = { resolver, pending: 0, dropped: 0 };
    this.#channels.add(channel);
    return channel;
  }

  /** Gives up a channel without useful queries, unless it is one of the few kept for later. */
  #retire(channel: Channel): void {
    if (channel.dropped < channel.pending) return;
    const isCancelled = channel.pending > 0;
    if (isCancelled || this.#channels.size > MOST_IDLE) this.#channels.delete(channel);
    if (isCancelled) channel.resolver.cancel();
  }
}
