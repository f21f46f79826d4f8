import { constants, readFileSync } from 'node:fs';

/** Whether the user, or whoever runs the process, has asked it to stop. */
export interface Interruption extends Disposable {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP after `watchForInterruption` was called. */
  readonly aborted: AbortSignal;
  /** Which of them it was; undefined until then. */
  readonly signal: NodeJS.Signals | undefined;
}

/**
 * Watches for SIGINT, SIGTERM and SIGHUP. From the first of them on, and after disposal, signals do
 * again what they do by default: a second one ends the process at once, even if cleaning up hangs.
 * But for SIGHUP, which is ignored after the first one, and under nohup from the start.
 */
export function watchForInterruption(): Interruption {
  const controller = new AbortController();
  const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];
  if (isUnderNohup()) process.on('SIGHUP', ignore);
  else signals.push('SIGHUP');
  let received: NodeJS.Signals | undefined;
  const stopWatching = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    // A terminal that is closed sends two (tty_ioctl(4), vhangup(2)): it asks no second time.
    if (signal === 'SIGHUP') process.on('SIGHUP', ignore);
    received = signal;
    // Not at once: what brings the cursor back for the progress bar (signal-exit) is told of the signal
    // after us, and ends the process when there is nobody else who listens to it.
    process.nextTick(() => {
      stopWatching();
      controller.abort();
    });
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    aborted: controller.signal,
    get signal() {
      return received;
    },
    [Symbol.dispose]: stopWatching,
  };
}

/**
 * Whether the process was started by nohup. Node takes back that SIGHUP is ignored, as it does for
 * every signal when it starts, so that the other mark is looked for: nohup puts something that
 * cannot be read in place of a terminal as standard input (nohup(1); proc_pid_fdinfo(5), Linux only).
 */
function isUnderNohup(): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & ACCESS_MODE) === constants.O_WRONLY;
  } catch {
    return false;
  }
}

/** The bits of a file's flags that say whether it is open for reading or writing (open(2), O_ACCMODE). */
const ACCESS_MODE = 3;

function ignore(): void {}
