import { DEFAULT_TRIES, FIRST_RETRY_WAIT, LONGEST_RETRY_WAIT } from '../../../src/model/options.ts';
import type { RetryPolicy } from '../../../src/schedule/retry-policy.ts';
import { Client, type Control, type RunFigures } from './client.ts';
import type { Model } from './models.ts';
import { seeded } from './random.ts';
import { VirtualClock } from './virtual-clock.ts';

/** The settings of a run. */
export interface RunSettings {
  /** The run ends after this many rows, of a list twice as long. */
  readonly rows: number;
  readonly seed: number;
  /** Tries and waits of a row. @default those of `get` */
  readonly retries?: Omit<RetryPolicy, 'random'> | undefined;
  /** The run ends early once it has lost more rows than this. @default Infinity */
  readonly mostLost?: number | undefined;
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
  { rows, seed, retries = RETRIES, mostLost = Number.POSITIVE_INFINITY }: RunSettings,
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
  clock.run(() => client.done + client.lost >= rows || client.lost > mostLost);
  return client.figures();
}
