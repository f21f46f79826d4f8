/**
 * The errors of this module. Names and meanings follow asyncio's.
 *
 *     Error
 *     ├── CancelledError     this wait, or this future, was cancelled
 *     ├── InvalidStateError  a future was asked for what its state does not allow
 *     └── TimeoutError       a deadline passed
 */

/**
 * A task was cancelled. It appears at the wait where the task is suspended; whoever awaits a
 * cancelled future gets it too. Counterpart: `asyncio.CancelledError`.
 */
export class CancelledError extends Error {
  override readonly name = 'CancelledError';
}

/** A future was asked for what its state does not allow. Counterpart: `asyncio.InvalidStateError`. */
export class InvalidStateError extends Error {
  override readonly name = 'InvalidStateError';
}

/** A deadline passed. Counterpart: `asyncio.TimeoutError`. */
export class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/**
 * The cancellation that `error` is, in its own form or as Node's own modules report it: `node:fs`
 * and `node:timers/promises`, given `task.signal`, throw an `AbortError` with ours as its cause.
 *
 * @returns undefined when it is none
 */
export function cancellationOf(error: unknown): CancelledError | undefined {
  if (error instanceof CancelledError) return error;
  const isAbort = error instanceof Error && error.name === 'AbortError';
  return isAbort && error.cause instanceof CancelledError ? error.cause : undefined;
}
