import { debugging } from './debug.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The signals that end a program politely. */
export type SignalName = (typeof SIGNALS)[number];

/** The events that each `run()` in progress answers to. */
export interface ProcessEvents {
  onSignal(name: SignalName): void;
  onIdle(): void;
  onTreeWanted(): void;
}

/** In debug mode: prints the tasks, to see where a program hangs. */
const TREE_SIGNAL = 'SIGUSR2';

/** One listener for each event of the process however many watch, or Node warns of a leak. */
const watchers = new Set<ProcessEvents>();

/** Passes the events of the process to `watcher` until the value returned is disposed of. */
export function watchProcess(watcher: ProcessEvents): Disposable {
  if (watchers.size === 0) listen();
  watchers.add(watcher);
  return {
    [Symbol.dispose]: () => {
      if (watchers.delete(watcher) && watchers.size === 0) stopListening();
    },
  };
}

function listen(): void {
  for (const name of SIGNALS) process.on(name, onSignal);
  if (debugging() && process.platform !== 'win32') process.on(TREE_SIGNAL, onTreeWanted);
  process.on('beforeExit', onIdle);
}

function stopListening(): void {
  for (const name of SIGNALS) process.off(name, onSignal);
  process.off(TREE_SIGNAL, onTreeWanted);
  process.off('beforeExit', onIdle);
}

function onSignal(name: SignalName): void {
  for (const watcher of [...watchers]) watcher.onSignal(name);
}

function onIdle(): void {
  for (const watcher of watchers) watcher.onIdle();
}

function onTreeWanted(): void {
  for (const watcher of watchers) watcher.onTreeWanted();
}

/** The code that a shell reports for a program ended by a signal: 128 plus the signal's number. */
const EXIT_CODES: Readonly<Record<SignalName, number>> = { SIGINT: 130, SIGTERM: 143 };

/** The exit codes of cancellations that came from signals. */
const codes = new WeakMap<object, number>();
let isWatchingUncaught = false;

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
  if (!isWatchingUncaught) process.on('uncaughtExceptionMonitor', onUncaught);
  isWatchingUncaught = true;
}

/** An exception that nothing catches makes the exit code 1; a listener of `exit` comes after that. */
function onUncaught(error: unknown): void {
  const code = typeof error === 'object' && error !== null ? codes.get(error) : undefined;
  if (code === undefined) return;
  process.once('exit', () => {
    process.exitCode = code;
  });
}
