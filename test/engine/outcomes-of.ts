import { DownloadRun } from '../../src/engine/download-run.ts';
import type { PendingRow } from '../../src/engine/preflight.ts';
import type { Steps } from '../../src/engine/steps.ts';
import { Stop } from '../../src/engine/stop.ts';
import type { Row } from '../../src/model/item.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import { batchesOf } from '../../src/source/row-list.ts';
import { HeldSink } from '../support/held-sink.ts';
import { RECEIVED } from './stage.ts';

export interface Options extends Partial<Steps> {
  readonly signal?: AbortSignal | undefined;
  readonly maxRequests?: number;
}

/** Steps that all go well, except as the options say. */
export function stepsOf({ signal, maxRequests = 1, ...steps }: Options): Steps {
  return {
    queue: new AdmissionQueue<PendingRow>({ maxRequests }),
    fetch: async () => RECEIVED,
    sink: new HeldSink(() => false),
    triesOver: once,
    rowTimeout: Number.POSITIVE_INFINITY,
    ...steps,
  };
}

/** Loops over a run as `download()` does. */
export async function* outcomesOf(
  rows: Iterable<Row> | AsyncIterable<Row>,
  options: Options = {},
): AsyncGenerator<Outcome, void, undefined> {
  using stop = new Stop(options.signal ?? new AbortController().signal);
  await using run = new DownloadRun(batchesOf(rows), stepsOf(options), stop);
  for (;;) {
    const outcome = run.take() ?? (await run.next());
    if (outcome === undefined) return;
    yield outcome;
  }
}

/** A failed request is not tried again. */
function once([url = '']: readonly string[]) {
  return {
    url,
    isWholeOnly: false,
    skipTo() {},
    mostFor: () => 1,
    after: () => ({ kind: 'give-up' }) as const,
  };
}

/** Takes outcomes as they come, beside the test. */
export function take(outcomes: AsyncIterable<Outcome>) {
  const taken: Outcome[] = [];
  const end = (async () => {
    for await (const outcome of outcomes) taken.push(outcome);
  })();
  return { taken, end };
}

export const indices = (outcomes: readonly Outcome[]) => outcomes.map(({ item }) => item.index);

export const statuses = (outcomes: readonly Outcome[]) => outcomes.map(({ status }) => status);
