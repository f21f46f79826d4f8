import { dependsOnSeed, type FlagServerSettings } from './settings.ts';

/** What befalls one request. */
export interface Draw {
  /** ms by which the response is late; 0 is at once. */
  readonly delay: number;
  /** The 5xx to answer with, or undefined to answer as asked. */
  readonly errorStatus: number | undefined;
}

const ERROR_STATUSES = [500, 502, 503, 504] as const;

/**
 * Draws for the `nth` time (from 0) that `path` is asked.
 *
 * It depends on the seed, the path and `nth` alone, not on what else was asked before: requests
 * arrive in another order at every concurrency, and a run with a fixed seed must fail the same way
 * at all of them.
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
 * A function that draws for each request in turn, counting how often each path was asked. Settings
 * that leave nothing to chance are not counted: a long run on such a server remembers no paths.
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

/** A number from 0 up to, not including, 1: always the same for the same seed and text. */
export function evenly(seed: number, text: string): number {
  return finish(fnv1a(seed, text)) / 2 ** 32;
}

/** FNV-1a, 32 bits (Fowler, Noll and Vo), over UTF-16 code units; the seed alters its start. */
function fnv1a(seed: number, text: string): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  return hash;
}

/**
 * The finalizer of MurmurHash3 (Austin Appleby), as an unsigned 32-bit number. FNV-1a alone leaves
 * the high bits of short texts alike; after this, every bit depends on every other.
 */
function finish(hash: number): number {
  let mixed = hash;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
