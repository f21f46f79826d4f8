import type { SignalName } from './process-events.ts';

/** What a shell reports for a program that a signal ended: 128 and its number. */
const EXIT_CODES: Readonly<Record<SignalName, number>> = { SIGINT: 130, SIGTERM: 143 };

/** The exit codes of cancellations that came from signals. */
const codes = new WeakMap<object, number>();
let listening = false;

/**
 * Makes the exit code of the process the one of `signal`, by which `error` came about, unless the
 * program has set another.
 */
export function exitAsBySignal(signal: SignalName, error: unknown): void {
  const code = EXIT_CODES[signal];
  process.exitCode ??= code;
  if (process.exitCode !== code || typeof error !== 'object' || error === null) return;
  codes.set(error, code);
  // Once for good: a program may catch the error, and throw it again much later.
  if (!listening) process.on('uncaughtExceptionMonitor', onUncaught);
  listening = true;
}

/** An exception that nothing catches makes the exit code 1; a listener of `exit` comes after that. */
function onUncaught(error: unknown): void {
  const code = typeof error === 'object' && error !== null ? codes.get(error) : undefined;
  if (code === undefined) return;
  process.once('exit', () => {
    process.exitCode = code;
  });
}
