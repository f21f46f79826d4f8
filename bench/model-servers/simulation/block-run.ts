import { LONGEST_RETRY_WAIT } from '../../../src/model/options.ts';
import { FixedLimit } from '../../../src/schedule/limits/limit.ts';
import type { BlockedModel } from './blocks.ts';
import type { Control, RunFigures } from './client.ts';
import { learning } from './learning.ts';
import type { Block } from './server.ts';
import { simulate } from './simulate.ts';

/** Duration of a run without the block, in ms: long enough to contain the start of the block. */
const WORK = 10_000;

/** The results of a run with a block. */
export interface BlockFigures extends RunFigures {
  /** The best possible time, which is the block and the work, as a share of the actual time. */
  readonly ofBest: number;
}

/** Runs a model server with a block, with `maxRequests` at a time. */
export function runBlocked(
  model: BlockedModel,
  maxRequests: number | 'auto',
  seed: number,
): BlockFigures {
  const control = (now: () => number): Control =>
    maxRequests === 'auto'
      ? learning({ max: 256, now })
      : { limit: new FixedLimit(maxRequests), paces: [] };
  const free = { ...model, server: model.freeServer };
  const { throughput } = simulate(free, control, { rows: 1_000, seed });
  const rows = Math.ceil((throughput / 1000) * WORK);
  const work = simulate(free, control, { rows, seed }).elapsed;
  const figures = simulate(model, control, { rows, seed });
  return { ...figures, ofBest: (heldAtBest(model.block) + work) / figures.elapsed };
}

/** The time in which no file can come, in ms: a request after Retry-After may come later than the block. */
function heldAtBest({ from, until, retryAfter }: Block): number {
  if (retryAfter === undefined) return until - from;
  const asked = Math.min(retryAfter, LONGEST_RETRY_WAIT);
  return Math.ceil((until - from) / asked) * asked;
}
