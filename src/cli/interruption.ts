import { constants, readFileSync } from 'node:fs';
import type { Outcome } from '../model/outcome.ts';
import { StoppedByRule } from '../model/stopped-by-rule.ts';
import { type Tally, total } from '../observe/tally.ts';
import type { FailureLimit } from './options/values.ts';

/** Whether the user or the system has asked the process to stop. */
export interface Interruption extends Disposable {
  /** Aborts at the first SIGINT, SIGTERM or SIGHUP after `watchForInterruption` was called. */
  readonly aborted: AbortSignal;
  /** The signal; undefined until then. */
  readonly signal: NodeJS.Signals | undefined;
}

/**
 * Watches for SIGINT, SIGTERM and SIGHUP. After the first of them, and after disposal, signals have
 * their default effect again: a second one ends the process at once, even if its cleanup hangs. Only
 * SIGHUP is ignored after the first one, and under nohup from the start.
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
    // Closing a terminal sends SIGHUP twice (tty_ioctl(4), vhangup(2)). The second is not a request.
    if (signal === 'SIGHUP') process.on('SIGHUP', ignore);
    received = signal;
    // After the other listeners: signal-exit, which restores the cursor for the progress bar, ends the
    // process if it is the only listener.
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
 * Whether the process was started by nohup. That SIGHUP is ignored cannot be seen, since Node resets
 * all signals when it starts. Another mark of nohup can: in place of a terminal it makes standard input
 * a file that is open for writing only (nohup(1); proc_pid_fdinfo(5), Linux only).
 */
function isUnderNohup(): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync('/proc/self/fdinfo/0', 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & ACCESS_MODE) === constants.O_WRONLY;
  } catch {
    return false;
  }
}

/** The bits of a file's flags for reading and writing (open(2), O_ACCMODE). */
const ACCESS_MODE = 3;

function ignore(): void {}

/** The share of failures counts from so many rows on. Of fewer rows it means little: 1 of 1 is 100 %. */
const ENOUGH_ROWS = 20;

/** Stops a run before its end: at a signal, after its time, at too many failures, on a full disk. */
export class StopRules implements Disposable {
  readonly #controller = new AbortController();
  readonly #interruption: Interruption;
  readonly #limit: FailureLimit | undefined;
  readonly #timer: NodeJS.Timeout | undefined;
  #why: string | undefined;
  #isBroken = false;

  /** @param runTimeout in ms */
  constructor(
    interruption: Interruption,
    { limit, runTimeout }: { limit: FailureLimit | undefined; runTimeout: number | undefined },
  ) {
    this.#interruption = interruption;
    this.#limit = limit;
    interruption.aborted.addEventListener('abort', this.#onInterruption);
    if (interruption.aborted.aborted) this.#onInterruption();
    if (runTimeout !== undefined) {
      this.#timer = setTimeout(() => this.#stop('its time was up (--run-timeout)'), runTimeout);
    }
  }

  /** Aborts when the run has to stop. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Why the run was stopped; undefined for a signal. */
  get why(): string | undefined {
    return this.#why;
  }

  /** The run was stopped because no row could have been saved any more. */
  get isBroken(): boolean {
    return this.#isBroken;
  }

  /** Call it after each row, with the counts so far and how the row ended. */
  check(tally: Tally, { reason }: Pick<Outcome, 'reason'>): void {
    if (reason === 'disk-full' && !this.signal.aborted) {
      this.#isBroken = true;
      this.#stop('the disk is full; make room and run the same command again');
    }
    const { count, share } = this.#limit ?? {};
    const ended = total(tally);
    const tooMany = count !== undefined && tally.failed >= count;
    const tooLarge = share !== undefined && ended >= ENOUGH_ROWS && tally.failed > share * ended;
    if (tooMany || tooLarge) {
      this.#stop(`${tally.failed} of ${ended} rows had failed (--max-failures)`);
    }
  }

  readonly #onInterruption = (): void => this.#controller.abort();

  #stop(why: string): void {
    if (this.signal.aborted) return;
    this.#why = why;
    this.#controller.abort(new StoppedByRule(why));
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#interruption.aborted.removeEventListener('abort', this.#onInterruption);
  }
}
