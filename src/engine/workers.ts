import { completion, createTask, type Future, type Task } from '../concurrency/index.ts';
import type { Outcome } from '../model/outcome.ts';
import { downloadOne } from './download-one.ts';
import type { Run } from './steps.ts';

/** Options of {@link Workers}. */
interface WorkerOptions {
  /** A worker ends when more than this many, beyond one for each request, wait for a row. */
  readonly mostIdle: number;
  /** @returns undefined when another row may begin, else a promise that is fulfilled once it may */
  readonly room: () => Promise<void> | undefined;
  /** Called with the outcome of each row, and its origin. The worker awaits a promise that it returns. */
  readonly onOutcome: (outcome: Outcome, origin: string) => Promise<void> | undefined;
  /** Called when a worker fails, which breaks the run. */
  readonly onFailure: (error: unknown) => void;
}

/**
 * The tasks that take each admitted row of a run to its outcome.
 *
 * They are a leader and its followers (Schmidt et al., "Pattern-Oriented Software Architecture" 2, 2000):
 * a worker that gets a row makes sure that another one waits for the next row. So a worker that waits for
 * its row's next try holds up no other row, and there are no more workers than rows and one.
 */
export class Workers {
  readonly #run: Run;
  readonly #options: WorkerOptions;
  readonly #tasks = new Set<Task<void>>();
  /** How many workers wait for a row. */
  #idle = 0;
  #isCancelled = false;

  /** Starts the first worker. */
  constructor(run: Run, options: WorkerOptions) {
    this.#run = run;
    this.#options = options;
    this.#start();
  }

  /** Cancels the rows under way. Their outcomes follow; no worker takes another row. */
  cancel(): void {
    this.#isCancelled = true;
    for (const task of this.#tasks) task.cancel();
  }

  /** Resolves when all workers have ended. */
  async ended(): Promise<void> {
    for (const task of this.#tasks) await completion(task);
  }

  #start(): void {
    const task = createTask(() => this.#work());
    this.#tasks.add(task);
    task.observe({ resumeFrom: () => this.#onEnd(task) });
  }

  async #work(): Promise<void> {
    const { queue } = this.#run;
    const { mostIdle, room, onOutcome } = this.#options;
    // The cancellation of a worker is that of its row, which ends with an outcome.
    while (!this.#isCancelled) {
      for (let wait = room(); wait !== undefined; wait = room()) await wait;
      let admitted = queue.take();
      if (admitted === undefined) {
        // More workers than this are left over from rows that waited for another try.
        if (this.#idle > queue.maxRequests + mostIdle) return;
        this.#idle++;
        try {
          admitted = await queue.next();
        } finally {
          this.#idle--;
        }
        if (admitted === undefined || this.#isCancelled) return;
      }
      if (this.#idle === 0) this.#start();
      const outcome = await downloadOne(admitted.row, this.#run, admitted.admission);
      const ending = onOutcome(outcome, admitted.row.origin);
      if (ending !== undefined) await ending;
    }
  }

  #onEnd(task: Task<void>): void {
    this.#tasks.delete(task);
    const failure = failureOf(task);
    if (failure !== undefined && !(task.cancelled() && this.#isCancelled)) {
      this.#options.onFailure(failure.error);
    }
  }
}

/** The error that a task ended with, its cancellation included. */
function failureOf(task: Future<unknown>): { readonly error: unknown } | undefined {
  try {
    task.result();
    return undefined;
  } catch (error) {
    return { error };
  }
}
