/** Callbacks for the next turn of the event loop. */
let joining: (() => void)[] | undefined;

/**
 * Calls back after every socket was polled: everything that had arrived before this call has been
 * read by then. It takes one turn of the event loop, and one timer for all callbacks.
 *
 * The current turn may be polling already, so the callback waits for the next one.
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
