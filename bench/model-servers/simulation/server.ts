import type { Draw, Random } from './random.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How a request was answered. */
export interface Answer {
  /** Refused: 429 or 503. */
  readonly isRefusal: boolean;
  /** By 429, which says that it is asked too often. */
  readonly isSaid?: boolean | undefined;
  /** How long to leave the server alone, in ms, if it said so. */
  readonly retryAfter?: number | undefined;
  /** What the request failed with, when there was no answer. */
  readonly failure?: Error | undefined;
  /** When the head of the answer was there, in ms of the clock. */
  readonly headAt: number;
}

/** Takes a request for so many bytes now, and answers when the last of them is there. */
export type Server = (bytes: number, answer: (answer: Answer) => void) => void;

/** What the parts of a server are made from. */
export interface World {
  readonly clock: VirtualClock;
  readonly random: Random;
}

/** Answers at once. What a server can bear is put before it, part by part. */
export function ready({ clock }: World): Server {
  return (_bytes, answer) => answer({ isRefusal: false, headAt: clock.now });
}

/** On the way there and back: `rtt` ms in all. However many there are, none waits for another. */
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

/** `workers` requests are worked on at a time, each for `service` ms; the others wait in line. */
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

/** Beyond `most` requests at a time, more are refused at once, with 503. */
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

/** A share of the requests is refused, with 503, however many there are: something is broken there. */
export function refusingAtRandom({ clock, random }: World, share: number, server: Server): Server {
  return (bytes, answer) => {
    if (random() < share) answer({ isRefusal: true, headAt: clock.now });
    else server(bytes, answer);
  };
}

/** How an origin refuses everything for a while. */
export interface Block {
  /** In ms of the clock. */
  readonly from: number;
  readonly until: number;
  /** 429, 503, or a connection that is refused. */
  readonly by: 429 | 503 | 'connect';
  /** What it asks to be left alone for, in ms; for longer than the block, perhaps. */
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
 * A bucket of `burst` tokens, which `perSecond` come into: a request without one is refused, with
 * 429 and, if given, Retry-After.
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
  /** By 429, the default, or by 503, which may mean anything. */
  readonly isSaid?: boolean | undefined;
}
