import { DatabaseAwayError } from '../database-errors.ts';
import type { Claim, ShardQueue } from '../jobs.ts';

/** How often a worker says that it still has its shard, in ms. */
const HEARTBEAT = 3_000;

/** Another worker has the shard, since this one was silent for too long. */
export class LostShardError extends Error {
  override readonly name = 'LostShardError';
}

/**
 * Says from time to time that a shard is still worked on. {@link signal} aborts when the shard was given to
 * another worker. A server that is away changes nothing: the commit decides who had the shard.
 */
export class Heartbeat implements Disposable {
  readonly #queue: ShardQueue;
  readonly #claim: Claim;
  readonly #control = new AbortController();
  #timer: NodeJS.Timeout;
  #isOver = false;

  constructor(queue: ShardQueue, claim: Claim) {
    this.#queue = queue;
    this.#claim = claim;
    this.#timer = this.#later();
  }

  /** Its reason is a {@link LostShardError}, or what else the database said. */
  get signal(): AbortSignal {
    return this.#control.signal;
  }

  #later(): NodeJS.Timeout {
    return setTimeout(() => void this.#beat(), HEARTBEAT);
  }

  async #beat(): Promise<void> {
    try {
      if (!(await this.#queue.touch(this.#claim, HEARTBEAT))) {
        this.#control.abort(new LostShardError('another worker has the shard'));
      }
    } catch (error) {
      if (!(error instanceof DatabaseAwayError)) this.#control.abort(error);
    }
    if (!this.#isOver) this.#timer = this.#later();
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
