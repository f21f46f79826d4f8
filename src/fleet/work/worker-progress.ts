import type { Outcome } from '../../model/outcome.ts';
import { Activity } from '../../observe/activity.ts';
import { count, EMPTY_TALLY, type Tally } from '../../observe/tally.ts';
import type { Claim } from '../jobs.ts';

/** What a worker does at the moment, as its row of the database has it. */
export interface WorkerState {
  /** The shard in hand; undefined while it waits for one. */
  readonly shard?: number | undefined;
  /** Its rows, and how many of them have ended. */
  readonly rows: number;
  readonly ended: number;
  /** Requests in flight, and rows that wait for another try. */
  readonly inFlight: number;
  readonly waiting: number;
  /** Rows of this worker that have ended, by how, since it began. */
  readonly tally: Tally;
  /** Bytes that have come since it began. */
  readonly received: number;
}

/** Keeps count of what a worker does. */
export class WorkerProgress {
  /** Of the attempt in hand. */
  readonly activity = new Activity();
  #claim: Pick<Claim, 'shard' | 'rows'> | undefined;
  #ended = 0;
  #tally: Tally = EMPTY_TALLY;

  begin(claim: Pick<Claim, 'shard' | 'rows'>): void {
    this.#claim = claim;
    this.#ended = 0;
  }

  count(outcome: Outcome): void {
    this.#ended++;
    this.#tally = count(this.#tally, outcome);
  }

  end(): void {
    this.#claim = undefined;
    this.#ended = 0;
  }

  get state(): WorkerState {
    const { inFlight, waiting, received } = this.activity;
    return {
      shard: this.#claim?.shard,
      rows: this.#claim?.rows ?? 0,
      ended: this.#ended,
      ...{ inFlight, waiting: waiting.size, received },
      tally: this.#tally,
    };
  }
}
