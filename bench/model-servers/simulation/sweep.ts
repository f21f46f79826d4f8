import { FixedLimit } from '../../../src/schedule/limits/limit.ts';
import type { RunFigures } from './client.ts';
import type { Model } from './models.ts';
import { simulate } from './simulate.ts';

/** The numbers that a short sweep tries. */
export const FEW_LIMITS: readonly number[] = [1, 4, 8, 12, 20, 28, 48, 64, 112, 256];

/** The numbers that a sweep tries: finer than powers of two, to come close to the best. */
const LIMITS: readonly number[] = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192,
  256,
];

/** The largest share of rows that a good run may lose. */
const MOST_LOST = 0.01;

/** Less than this is no gain. */
const GAIN = 1.02;

/** A sweep ends after this many numbers without a gain: all models get slower from some number on. */
const MOST_WITHOUT_GAIN = 2;

/**
 * Finds the fixed number of requests with which a model server is fastest.
 *
 * @param limits in ascending order
 */
export function bestFixed(
  model: Model,
  run: { readonly rows: number; readonly seed: number },
  limits: readonly number[] = LIMITS,
): RunFigures & { readonly limit: number } {
  let best: (RunFigures & { readonly limit: number }) | undefined;
  const mostLost = MOST_LOST * run.rows;
  let withoutGain = 0;
  for (const limit of limits) {
    const control = () => ({ limit: new FixedLimit(limit), paces: [] });
    const figures = simulate(model, control, { ...run, mostLost });
    // Higher numbers lose more rows. They also take longest to simulate, as most requests are refused.
    if (figures.lost > mostLost) break;
    const isGain = best === undefined || figures.throughput > best.throughput * GAIN;
    withoutGain = isGain ? 0 : withoutGain + 1;
    if (best === undefined || figures.throughput > best.throughput) best = { ...figures, limit };
    if (withoutGain === MOST_WITHOUT_GAIN) break;
  }
  if (best === undefined) throw new Error('there is nothing to compare with');
  return best;
}
