import { moveOnAfter, sleep } from '../concurrency/index.ts';
import type { Queries } from './database.ts';
import { GRACE } from './grace.ts';

/** What a {@link Supervisor} is given. */
export interface SupervisorOptions {
  readonly database: Queries;
  /** Returns the shards of workers that are silent to the queue. */
  readonly supervise: () => Promise<void>;
  /** From one look to the next, in ms. */
  readonly interval: number;
  /** How long a server must have been there, in s: until then, no worker could say that it lives. */
  readonly grace: number;
}

/**
 * Returns the shards of dead workers to the queue, again and again. While a database is away, no worker can
 * say that it lives, so all of them seem dead when it comes back: then they have as long as if they had just
 * been heard of.
 */
export class Supervisor implements AsyncDisposable {
  readonly #options: SupervisorOptions;
  readonly #control = new AbortController();
  readonly #ended: Promise<void>;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#ended = this.#run().catch((error: unknown) => {
      if (!this.#control.signal.aborted) throw error;
    });
  }

  async #run(): Promise<void> {
    const { supervise, interval } = this.#options;
    const { signal } = this.#control;
    for (;;) {
      await sleep(interval, { signal });
      try {
        if (await this.#isSettled()) await supervise();
      } catch {
        // What it meets while the server is away is tried again in the next round.
      }
    }
  }

  async #isSettled(): Promise<boolean> {
    const { rows } = await this.#options.database.query<{ isSettled: boolean }>(
      `SELECT clock_timestamp() > pg_postmaster_start_time() + $1 * interval '1 s' AS "isSettled"`,
      [this.#options.grace],
    );
    return rows[0]?.isSettled === true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#control.abort();
    await moveOnAfter(GRACE, this.#ended);
  }
}
