import { setTimeout as sleep } from 'node:timers/promises';

/** What the test files of a process share. Each file must leave it unchanged. */
export interface ProcessState {
  /** Values by name, compared by identity. */
  readonly values: ReadonlyMap<string, unknown>;
  /** How many handles of each kind are open. */
  readonly open: ReadonlyMap<string, number>;
}

/** How long a server or a socket may take to close after the last test of a file. */
const GRACE_MS = 5_000;

/** Functions that tests replace, with `mock.timers` for example. */
const REPLACEABLE = ['Date', 'fetch', 'setImmediate', 'setInterval', 'setTimeout'] as const;

/** Listeners that the concurrency module adds for good when it first needs them. */
const LASTING_LISTENERS = new Set(['beforeExit', 'uncaughtExceptionMonitor', 'unhandledRejection']);

/**
 * Timers and sockets come and go by themselves: the test runner has timers of its own, and a kept
 * connection closes some seconds later. One that stays fails the group at its end (no-leftovers.ts).
 */
const PASSING = new Set(['Immediate', 'TCPSocketWrap', 'Timeout']);

export function processState(): ProcessState {
  const values = new Map<string, unknown>([['the working directory', process.cwd()]]);
  for (const [name, value] of Object.entries(process.env)) {
    values.set(`the environment variable ${name}`, value);
  }
  for (const name of process.eventNames()) {
    if (LASTING_LISTENERS.has(String(name))) continue;
    values.set(`process listeners for ${String(name)}`, process.listenerCount(name));
  }
  for (const name of Object.getOwnPropertyNames(globalThis)) values.set(`a global ${name}`, true);
  for (const name of REPLACEABLE) values.set(`a replaced ${name}`, globalThis[name]);
  values.set('the exit code', process.exitCode);

  const open = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (!PASSING.has(kind)) open.set(kind, (open.get(kind) ?? 0) + 1);
  }
  return { values, open };
}

/**
 * Names what has changed since `earlier`.
 * @param graceMs how long to wait for handles that are closing
 */
export async function leftovers(earlier: ProcessState, graceMs = GRACE_MS): Promise<string[]> {
  const until = performance.now() + graceMs;
  for (;;) {
    const left = differences(earlier, processState());
    if (left.length === 0 || performance.now() >= until) return left;
    await sleep(20, undefined, { ref: false });
  }
}

function differences(earlier: ProcessState, now: ProcessState): string[] {
  const names = new Set([...earlier.values.keys(), ...now.values.keys()]);
  const changed = [...names].filter((name) => earlier.values.get(name) !== now.values.get(name));
  const opened = [...now.open]
    .filter(([kind, count]) => count > (earlier.open.get(kind) ?? 0))
    .map(([kind, count]) => `${count - (earlier.open.get(kind) ?? 0)} open ${kind}`);
  return [...changed, ...opened];
}
