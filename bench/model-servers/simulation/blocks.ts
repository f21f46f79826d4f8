import type { Model } from './models.ts';
import { jittered } from './random.ts';
import {
  type Block,
  behind,
  blocking,
  ready,
  type Server,
  type World,
  workedOff,
} from './server.ts';

/** A server that refuses everything for a while. */
export interface BlockedModel extends Model {
  readonly block: Block;
  /** The same server without the block. */
  readonly freeServer: Model['server'];
}

/** Round-trip time. */
const NEAR = jittered(20, 0.2);

/** Time of good service before the block, in ms. */
const BEFORE = 3_000;
const LENGTHS = [5_000, 20_000, 100_000];
/** A Retry-After longer than a row may wait, in ms. */
const TOO_LONG = 3_600_000;

/** All blocks: each way to refuse, each length, with and without Retry-After. */
export const BLOCKED: readonly BlockedModel[] = LENGTHS.flatMap((length) =>
  [BEFORE, 0].flatMap((from) =>
    ([429, 503, 'connect'] as const)
      // An origin that was never reached is given up sooner, so it is no such block.
      .filter((by) => by !== 'connect' || from > 0)
      .flatMap((by) =>
        (by === 'connect' ? [undefined] : [undefined, length / 5, TOO_LONG]).map((retryAfter) =>
          modelOf({ from, until: from + length, by, retryAfter }),
        ),
      ),
  ),
);

/** A server that never accepts a connection. */
export const DEAD: BlockedModel = modelOf({
  from: 0,
  until: Number.POSITIVE_INFINITY,
  by: 'connect',
  retryAfter: undefined,
});

function modelOf(block: Block): BlockedModel {
  const { from, until, by, retryAfter } = block;
  const how = by === 'connect' ? 'connections refused' : `${by}`;
  const after = retryAfter === undefined ? '' : `, Retry-After: ${retryAfter / 1000}`;
  const when = from === 0 ? 'from the first request' : `after ${from / 1000} s`;
  return {
    name: `block-${(until - from) / 1000}-${by}-${retryAfter ?? 0}-${from}`,
    title: `${how}${after} for ${(until - from) / 1000} s ${when}`,
    server: (world) => behind(world, NEAR, blocking(world, block, working(world))),
    freeServer: (world) => behind(world, NEAR, working(world)),
    block,
  };
}

/** A server with 30 workers. */
function working(world: World): Server {
  return workedOff(world, 30, jittered(50, 0.4), ready(world));
}
