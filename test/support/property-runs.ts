/** How often a property is tried, and with what. */

/** As a factor. Set, it also has every run begin with a seed of its own, which a failure names. */
const FACTOR = process.env.PROPERTY_RUNS;

/** Of `npm test`, so that what passes once passes again. */
const SEED = 20_261_129;

interface PropertyRuns {
  readonly numRuns: number;
  readonly seed?: number;
}

/**
 * For `fc.assert`: so many runs, the same ones each time. With `PROPERTY_RUNS=10` in the environment there are
 * ten times as many, and other ones each time.
 *
 * @param count as many as take less than a second
 * @default 100
 */
export function propertyRuns(count = 100): PropertyRuns {
  if (FACTOR === undefined) return { numRuns: count, seed: SEED };
  return { numRuns: Math.ceil(count * Number(FACTOR)) };
}
