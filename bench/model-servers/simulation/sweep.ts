import { FixedLimit } from '../../../src/schedule/limits/limit.ts';
import type { Model } from './models.ts';
import { type RunFigures, simulate } from './simulate.ts';

/** What is tried where there is no time for more. */
export const FEW_LIMITS: readonly number[] = [1, 4, 8, 12, 20, 28, 48, 64, 112, 256];

/** What `-m` is tried with: finer than powers of two, so that the best is not missed by much. */
const LIMITS: readonly number[] = [
  1, 2, 3, 4, 5, 6, 8, 10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192,
  256,
];

/** A run that loses more of its rows is no good one, however fast it is done with them. */
const MOST_LOST = 0.01;

/**
 * The fixed number of requests that a model server is fastest with, and how it went.
 *
 * @param limits in ascending order
 */
export function bestFixed(
  model: Model,
  run: { readonly rows: number; readonly seed: number },
  limits: readonly number[] = LIMITS,
): RunFigures & { readonly limit: number } {
  let best: (RunFigures & { readonly limit: number }) | undefined;
  for (const limit of limits) {
    const figures = simulate(model, () => ({ limit: new FixedLimit(limit), paces: [] }), run);
    // Higher numbers lose more, and take longest to simulate: most of their requests are refused.
    if (figures.lost > MOST_LOST * run.rows) break;
    // So do those at which the server does little but refuse, and bids the client wait.
    if (best !== undefined && figures.throughput < best.throughput / 4) break;
    if (best === undefined || figures.throughput > best.throughput) best = { ...figures, limit };
  }
  if (best === undefined) throw new Error('there is nothing to compare with');
  return best;
}
