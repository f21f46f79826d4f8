/** Those that wait from this turn of the event loop on. */
let joining: (() => void)[] | undefined;

/**
 * Calls back once every socket has been polled: what had come on it before this call has been read by then. It takes
 * a turn of the event loop, and one timer for all who wait.
 *
 * A turn may be in the middle of its polling now, so the next one is waited for.
 */
export function afterPoll(callback: () => void): void {
  if (joining === undefined) {
    const batch: (() => void)[] = [];
    joining = batch;
    setImmediate(() => {
      joining = undefined;
      setImmediate(() => {
        for (const each of batch) each();
      });
    });
  }
  joining.push(callback);
}
