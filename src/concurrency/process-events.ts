import { debugging } from './debug.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** The signals that end a program politely. */
export type SignalName = (typeof SIGNALS)[number];

/** What each `run()` in progress answers to. */
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
