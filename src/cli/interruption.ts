/** Whether the user, or whoever runs the process, has asked it to stop. */
export interface Interruption extends Disposable {
  /** Aborts at the first SIGINT or SIGTERM after `watchForInterruption` was called. */
  readonly aborted: AbortSignal;
  /** Which of the two it was; undefined until then. */
  readonly signal: NodeJS.Signals | undefined;
}

/**
 * Watches for SIGINT and SIGTERM. From the first of them on, and after disposal, signals do again
 * what they do by default: a second one ends the process at once, even if cleaning up hangs.
 */
export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const stopWatching = () => {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    stopWatching();
    received = signal;
    controller.abort();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  return {
    aborted: controller.signal,
    get signal() {
      return received;
    },
    [Symbol.dispose]: stopWatching,
  };
}
