import { type Draw, jittered, logNormal } from './random.ts';
import {
  behind,
  type RateLimit,
  rateLimited,
  ready,
  refusingAtRandom,
  refusingBeyond,
  type Server,
  type World,
  workedOff,
} from './server.ts';
import { overLine, thrashingBeyond } from './shared-work.ts';

/** A kind of server. */
export interface Model {
  readonly name: string;
  /** Its limits, in words. */
  readonly title: string;
  readonly server: (world: World) => Server;
  /** Bytes of a file. @default 10 kB */
  readonly size?: Draw | undefined;
  /** Whether it refuses requests at any load. */
  readonly isRefusing?: boolean | undefined;
  /** The best number of requests in flight, if there is one. */
  readonly knee?: number | undefined;
}

/** A server on the same continent. */
const NEAR = jittered(20, 0.2);
/** A server in the same building. */
const HERE = jittered(4, 0.2);
/** Service time of a request, in ms. */
const WORK = jittered(50, 0.4);

/** A server without a limit of requests at a time, but with one of requests per second. */
function limitedTo(limit: RateLimit): Model['server'] {
  return (world) =>
    behind(world, NEAR, rateLimited(world, limit, workedOff(world, 10_000, WORK, ready(world))));
}

export const MODELS: readonly Model[] = [
  ...[4, 20, 100].map((workers) => ({
    name: `workers-${workers}`,
    title: `${workers} workers, 50 ms ± 40 % each, the rest in line`,
    server: (world: World) => behind(world, NEAR, workedOff(world, workers, WORK, ready(world))),
    knee: workers * (1 + 20 / 50),
  })),
  {
    name: 'one-worker',
    title: '1 worker, 50 ms ± 40 %, the rest in line',
    server: (world) => behind(world, NEAR, workedOff(world, 1, WORK, ready(world))),
    knee: 1.4,
  },
  ...[10, 40, 130].map((most) => ({
    name: `cap-${most}`,
    title: `503 beyond ${most} at a time`,
    server: (world: World) =>
      behind(world, HERE, refusingBeyond(world, most, workedOff(world, most, WORK, ready(world)))),
    knee: most * (1 + 4 / 50),
  })),
  ...[10, 40].map((knee) => ({
    name: `thrash-${knee}`,
    title: `collapses beyond ${knee} at a time`,
    server: (world: World) =>
      behind(world, NEAR, thrashingBeyond(world, { knee, loss: 2, service: WORK }, ready(world))),
    knee: knee * (1 + 20 / 50),
  })),
  ...[
    { perSecond: 100, burst: 50 },
    { perSecond: 300, burst: 10 },
    { perSecond: 20, burst: 20 },
  ].flatMap((limit) =>
    [undefined, 1_000].map((retryAfter) => ({
      name: `rate-${limit.perSecond}-${limit.burst}${retryAfter === undefined ? '' : '-after'}`,
      title: `${limit.perSecond} requests/s, ${limit.burst} at once, else 429${
        retryAfter === undefined ? '' : ' with Retry-After: 1'
      }`,
      server: limitedTo({ ...limit, retryAfter }),
    })),
  ),
  ...[
    { perSecond: 100, burst: 50 },
    { perSecond: 20, burst: 20 },
  ].map((limit) => ({
    name: `rate-${limit.perSecond}-${limit.burst}-503`,
    title: `${limit.perSecond} requests/s, ${limit.burst} at once, else 503`,
    server: limitedTo({ ...limit, isSaid: false }),
  })),
  ...[0.01, 0.05, 0.1, 0.25].map((share) => ({
    name: `flaky-${share}`,
    title: `50 ms, and ${100 * share} % are a 503, whatever the load`,
    server: (world: World) =>
      behind(
        world,
        NEAR,
        refusingAtRandom(world, share, workedOff(world, 10_000, WORK, ready(world))),
      ),
    isRefusing: true,
  })),
  {
    name: 'far',
    title: '200 ms away, no limit',
    server: (world) => behind(world, jittered(200, 0.05), ready(world)),
  },
  {
    name: 'far-exact',
    title: '200 ms to the dot, no limit',
    server: (world) => behind(world, () => 200, ready(world)),
  },
  {
    name: 'far-tail',
    title: '200 ms away with a long tail (log-normal, σ 0.8), no limit',
    server: (world) => behind(world, logNormal(200, 0.8), ready(world)),
  },
  {
    name: 'tail-20',
    title: '20 workers with a long tail (log-normal, σ 1)',
    server: (world) => behind(world, NEAR, workedOff(world, 20, logNormal(50, 1), ready(world))),
    knee: 28,
  },
  {
    name: 'line',
    title: 'files of 200 kB (log-normal, σ 1) over 10 MB/s, 1 MB/s for a connection',
    server: (world) =>
      behind(world, NEAR, overLine(world, { perMs: 10_000, perMsEach: 1_000 }, ready(world))),
    size: logNormal(200_000, 1),
    knee: 11,
  },
  {
    name: 'slow-spell',
    title: '20 workers, 5 times slower from 5 s to 10 s',
    server: (world) => {
      const slow: Draw = (random) =>
        WORK(random) * (world.clock.now > 5_000 && world.clock.now < 10_000 ? 5 : 1);
      return behind(world, NEAR, workedOff(world, 20, slow, ready(world)));
    },
    knee: 28,
  },
  {
    name: 'loopback',
    title: 'on this machine: 50 µs each, two at a time',
    server: (world) =>
      behind(world, logNormal(0.3, 0.5), workedOff(world, 2, logNormal(0.1, 0.3), ready(world))),
  },
];
