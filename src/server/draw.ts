import { dependsOnSeed, type FlagServerSettings } from './settings.ts';

/** The delay and the error drawn for one request. */
export interface Draw {
  /** Delay of the response in ms. */
  readonly delay: number;
  /** The status of the error to send, or undefined to send the file. */
  readonly errorStatus: number | undefined;
}

const ERROR_STATUSES = [500, 502, 503, 504] as const;

/**
 * Draws for one request.
 *
 * The result depends on the seed, the path and `nth` alone, not on other requests. Requests arrive in
 * another order at every concurrency, and a run with a fixed seed must fail the same way at all of them.
 *
 * @param nth how many requests for `path` came before this one
 */
export function draw(settings: FlagServerSettings, path: string, nth: number): Draw {
  const chance = (question: string) => evenly(settings.seed, `${question} ${nth} ${path}`);
  const { min, max } = settings.delay;
  const late = chance('late?') < settings.lateRate;
  const fails = chance('fails?') < settings.errorRate;
  return {
    delay: late ? Math.round(min + chance('delay') * (max - min)) : 0,
    errorStatus: fails
      ? ERROR_STATUSES[Math.floor(chance('status') * ERROR_STATUSES.length)]
      : undefined,
  };
}

/**
 * Returns a function that draws for each request and counts the requests for each path. With settings
 * that leave nothing to chance it counts nothing, so a long run does not collect paths in memory.
 */
export function drawer(settings: FlagServerSettings): (path: string) => Draw {
  if (!dependsOnSeed(settings)) {
    const always = draw(settings, '', 0);
    return () => always;
  }
  const asked = new Map<string, number>();
  return (path) => {
    const nth = asked.get(path) ?? 0;
    asked.set(path, nth + 1);
    return draw(settings, path, nth);
  };
}

/** A number from 0 (included) to 1 (excluded), always the same for the same seed and text. */
export function evenly(seed: number, text: string): number {
  return finish(fnv1a(seed, text)) / 2 ** 32;
}

/** FNV-1a, 32 bits (Fowler, Noll and Vo), over UTF-16 code units. The seed changes its start value. */
function fnv1a(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}

/**
 * The finalizer of MurmurHash3 (Austin Appleby), as an unsigned 32-bit number. FNV-1a alone gives short
 * texts similar high bits; after this step, every bit depends on every other.
 */
function finish(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
