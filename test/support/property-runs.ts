/** How often a property is tried, and with which seed. */

/** A factor for the number of runs. If set, each process draws its own seed, which a failure names. */
const FACTOR = process.env.PROPERTY_RUNS;

/** The seed of `npm test`, so that a test which passes once passes again. */
const SEED = 20_261_129;

interface PropertyRuns {
  readonly numRuns: number;
  readonly seed?: number;
}

/**
 * Parameters for `fc.assert`: `count` runs, the same each time. With `PROPERTY_RUNS=10` in the environment,
 * ten times as many, and different ones each time.
 *
 * @param count a number of runs that take less than a second; by default 100
 */
export function propertyRuns(count = 100): PropertyRuns {
  if (FACTOR === undefined) return { numRuns: count, seed: SEED };
  return { numRuns: Math.ceil(count * Number(FACTOR)) };
}
