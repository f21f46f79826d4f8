/** What ends the wait: it is read; it cannot be written to any more. */
const ENDS = ['drain', 'error', 'close'] as const;

/**
 * Waits until what reads stdout has taken what was printed. A pipe that is not read would otherwise have
 * all lines of a run kept in memory.
 * @param stopped ends the wait; the lines are kept then
 * @returns undefined when there is nothing to wait for
 */
export function stdoutDrained(stopped: AbortSignal): Promise<void> | undefined {
  const { stdout } = process;
  if (!stdout.writableNeedDrain || stdout.errored !== null || stopped.aborted) return undefined;
  return new Promise((resolve) => {
    const end = () => {
      for (const event of ENDS) stdout.off(event, end);
      stopped.removeEventListener('abort', end);
      resolve();
    };
    for (const event of ENDS) stdout.on(event, end);
    stopped.addEventListener('abort', end);
  });
}
