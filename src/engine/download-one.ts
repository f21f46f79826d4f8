import { CancelledError } from '../concurrency/errors.ts';
import type { Received } from '../fetch/exchange.ts';
import type { Fetch } from '../fetch/http-client.ts';
import { messageOf } from '../model/failure.ts';
import type { Item } from '../model/item.ts';
import { cancelledOutcome, failedOutcome, type Outcome, okOutcome } from '../model/outcome.ts';
import type { Draft, Sink } from '../save/sink.ts';
import type { Scheduler } from '../schedule/scheduler.ts';

/** What a download passes through, in this order. */
export interface Steps {
  readonly scheduler: Pick<Scheduler, 'admit'>;
  readonly fetch: Fetch;
  readonly sink: Sink;
}

/**
 * Takes one item all the way: admitted, fetched, saved.
 *
 * @param stop ends the wait for a turn and the request under way, as does the cancellation of the
 *   task; a body that has come whole is still saved
 * @returns the item's outcome, failure included: nothing is thrown
 */
export async function downloadOne(item: Item, steps: Steps, stop: AbortSignal): Promise<Outcome> {
  let draft: Draft | undefined;
  try {
    draft = steps.sink.open(item);
    const received = await request(item, draft, steps, stop);
    const path = await draft.commit();
    return okOutcome(item, { path, ...received });
  } catch (error) {
    const cause = await discard(draft, error);
    const stopped = error instanceof CancelledError || (stop.aborted && error === stop.reason);
    return stopped ? cancelledOutcome(item) : failedOutcome(item, cause);
  }
}

/** The part that is load on the server. The permit is held for it, and for nothing else. */
async function request(
  item: Item,
  draft: Draft,
  steps: Steps,
  stop: AbortSignal,
): Promise<Received> {
  using _permit = await steps.scheduler.admit({ signal: stop });
  return await steps.fetch(item.url, draft, { signal: stop });
}

/** @returns `cause`, together with what went wrong here, should discarding fail as well */
async function discard(draft: Draft | undefined, cause: unknown): Promise<unknown> {
  try {
    await draft?.discard();
    return cause;
  } catch (error) {
    return new AggregateError(
      [cause, error],
      `${messageOf(cause)}; and what had come of it could not be removed: ${messageOf(error)}`,
    );
  }
}
