import { LONGEST_RETRY_WAIT } from '../../../src/model/options.ts';
import { FixedLimit } from '../../../src/schedule/limits/limit.ts';
import type { BlockedModel } from './blocks.ts';
import { learning } from './learning.ts';
import type { Block } from './server.ts';
import { type Control, type RunFigures, simulate } from './simulate.ts';

/** How long a run would take without the block, in ms: long enough for the block to fall into it. */
const WORK = 10_000;

/** How a run with a block in it went. */
export interface BlockFigures extends RunFigures {
  /** The best possible time, the block and the work, as a share of the time that it took. */
  readonly ofBest: number;
}

/** Runs a model server with a block, with so many requests at a time. */
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

/** How long no file can come, in ms: a server that asks for time is asked again no sooner than that. */
function heldAtBest({ from, until, retryAfter }: Block): number {
  if (retryAfter === undefined) return until - from;
  const asked = Math.min(retryAfter, LONGEST_RETRY_WAIT);
  return Math.ceil((until - from) / asked) * asked;
}
