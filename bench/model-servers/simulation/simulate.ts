import { DEFAULT_TRIES, FIRST_RETRY_WAIT, LONGEST_RETRY_WAIT } from '../../../src/model/options.ts';
import type { Limit } from '../../../src/schedule/limits/limit.ts';
import type { Pace } from '../../../src/schedule/pace/pace.ts';
import type { RetryPolicy } from '../../../src/schedule/retry-policy.ts';
import { Client } from './client.ts';
import type { Model } from './models.ts';
import { seeded } from './random.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Controls how many requests there may be at a time, and how soon the next one may start. */
export interface Control {
  readonly limit: Limit;
  readonly paces: readonly Pace[];
}

/** The results of a run. */
export interface RunFigures {
  /** Time from the first request to the last file, in ms. */
  readonly elapsed: number;
  /** Files a second. */
  readonly throughput: number;
  /** Rows that ended without their file. */
  readonly lost: number;
  readonly requests: number;
  /** Share of the requests that were refused with 429 or 503, 0 to 1. */
  readonly refused: number;
  /** Requests in flight: the mean over time, and the most. */
  readonly inFlight: { readonly mean: number; readonly most: number };
}

/** The settings of a run. */
export interface RunSettings {
  /** The run ends after this many rows, of a list twice as long. */
  readonly rows: number;
  readonly seed: number;
  /** Tries and waits of a row. @default those of `get` */
  readonly retries?: Omit<RetryPolicy, 'random'> | undefined;
}

/** The tries and waits of `get`. */
const RETRIES = {
  tries: DEFAULT_TRIES,
  backoff: { base: FIRST_RETRY_WAIT, max: LONGEST_RETRY_WAIT },
};

/**
 * Downloads the first `rows` files of a longer list from a model server, in virtual time. The same seed
 * gives the same run. The list is longer so that the waits of its last retries, which no number of
 * requests could change, do not count.
 */
export function simulate(
  model: Model,
  control: (now: () => number) => Control,
  { rows, seed, retries = RETRIES }: RunSettings,
): RunFigures {
  const clock = new VirtualClock();
  const random = seeded(seed);
  const server = model.server({ clock, random });
  const client = new Client(
    clock,
    server,
    control(() => clock.now),
    retries,
    random,
  );
  const size = model.size ?? (() => 10_000);
  for (let row = 0; row < 2 * rows; row++) client.add(size(random));
  client.advance();
  clock.run(() => client.done + client.lost >= rows);
  return client.figures();
}
