/** Returns a number from 0 (included) to 1 (excluded). */
export type Random = () => number;

/** Draws a value, such as a time in ms. */
export type Draw = (random: Random) => number;

/** Pseudo-random numbers, the same for the same seed: mulberry32 (Tommy Ettinger). */
export function seeded(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Evenly from `mean - share * mean` to `mean + share * mean`. */
export function jittered(mean: number, share: number): Draw {
  return (random) => mean * (1 + share * (2 * random() - 1));
}

/** Log-normal, which has a long tail: the logarithm has the standard deviation `sigma`. */
export function logNormal(mean: number, sigma: number): Draw {
  const mu = Math.log(mean) - sigma ** 2 / 2;
  return (random) => Math.exp(mu + sigma * normal(random));
}

/** A normal deviate (Box and Muller, 1958). */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
