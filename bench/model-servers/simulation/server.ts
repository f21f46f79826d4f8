import type { Draw, Random } from './random.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** The answer to a request. */
export interface Answer {
  /** Whether it is a 429, a 503, or a refused connection. */
  readonly isRefusal: boolean;
  /** Whether it is a 429, which blames the number of requests. */
  readonly isSaid?: boolean | undefined;
  /** Retry-After in ms, if the server sent it. */
  readonly retryAfter?: number | undefined;
  /** The error of a request without a response. */
  readonly failure?: Error | undefined;
  /** When the head of the answer arrived, by the clock in ms. */
  readonly headAt: number;
}

/** Receives a request for a number of bytes, and calls `answer` when the last of them has arrived. */
export type Server = (bytes: number, answer: (answer: Answer) => void) => void;

/** The clock and the random numbers of a simulation. */
export interface World {
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Answers at once. The other functions here put limits before it. */
export function ready({ clock }: World): Server {
  return (_bytes, answer) => answer({ isRefusal: false, headAt: clock.now });
}

/** A network with a round-trip time of `rtt` ms, independent of the number of requests. */
export function behind({ clock, random }: World, rtt: Draw, server: Server): Server {
  return (bytes, answer) => {
    const oneWay = rtt(random) / 2;
    clock.in(oneWay, () =>
      server(bytes, (there) =>
        clock.in(oneWay, () => answer({ ...there, headAt: there.headAt + oneWay })),
      ),
    );
  };
}

/** Processes `workers` requests at a time, each for `service` ms. The others wait in line. */
export function workedOff(
  { clock, random }: World,
  workers: number,
  service: Draw,
  server: Server,
): Server {
  let busy = 0;
  const line: (() => void)[] = [];
  return (bytes, answer) => {
    const work = () => {
      busy++;
      clock.in(service(random), () => {
        busy--;
        server(bytes, answer);
        line.shift()?.();
      });
    };
    if (busy < workers) work();
    else line.push(work);
  };
}

/** Refuses requests beyond `most` at a time at once, with 503. */
export function refusingBeyond({ clock }: World, most: number, server: Server): Server {
  let active = 0;
  return (bytes, answer) => {
    if (active >= most) {
      answer({ isRefusal: true, headAt: clock.now });
      return;
    }
    active++;
    server(bytes, (there) => {
      active--;
      answer(there);
    });
  };
}

/** Refuses a share of requests with 503, independent of their number, as a broken server does. */
export function refusingAtRandom({ clock, random }: World, share: number, server: Server): Server {
  return (bytes, answer) => {
    if (random() < share) answer({ isRefusal: true, headAt: clock.now });
    else server(bytes, answer);
  };
}

/** A time in which an origin refuses everything. */
export interface Block {
  /** By the clock, in ms. */
  readonly from: number;
  readonly until: number;
  /** 429, 503, or a connection that is refused. */
  readonly by: 429 | 503 | 'connect';
  /** Its Retry-After in ms, which may be longer than the block. */
  readonly retryAfter?: number | undefined;
}

/** Refuses everything during a block. */
export function blocking({ clock }: World, block: Block, server: Server): Server {
  return (bytes, answer) => {
    if (clock.now < block.from || clock.now >= block.until) server(bytes, answer);
    else answer({ ...refusalBy(block), headAt: clock.now });
  };
}

function refusalBy({ by, retryAfter }: Block): Omit<Answer, 'headAt'> {
  if (by !== 'connect') return { isRefusal: true, isSaid: by === 429, retryAfter };
  const failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  return { isRefusal: true, failure };
}

/**
 * A token bucket of `burst` tokens that is refilled with `perSecond` tokens a second. A request without a
 * token is refused with 429 and, if given, Retry-After.
 */
export function rateLimited(
  { clock }: World,
  { perSecond, burst, retryAfter, isSaid = true }: RateLimit,
  server: Server,
): Server {
  let tokens = burst;
  let since = clock.now;
  return (bytes, answer) => {
    tokens = Math.min(burst, tokens + ((clock.now - since) * perSecond) / 1000);
    since = clock.now;
    if (tokens < 1) {
      answer({ isRefusal: true, isSaid, retryAfter, headAt: clock.now });
      return;
    }
    tokens--;
    server(bytes, answer);
  };
}

export interface RateLimit {
  readonly perSecond: number;
  readonly burst: number;
  /** ms. */
  readonly retryAfter?: number | undefined;
  /** Whether it refuses with 429 rather than 503, which may have other causes. @default true */
  readonly isSaid?: boolean | undefined;
}
