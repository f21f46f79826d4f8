import type { DatabaseSync } from 'node:sqlite';
import type { Outcome, Status } from '../../model/outcome.ts';
import type { RowKey } from '../../model/row-key.ts';
import { identifyBy, type KeyChange } from '../match/row-keys.ts';
import { beginRun, type Ending, endRun } from './runs.ts';

/** Options of {@link CurrentRun}. */
export interface RunOptions {
  /** The command line of the run; secrets in it are hidden before it is stored. */
  readonly arguments?: readonly string[] | undefined;
  /** What identifies rows. @default 'url' */
  readonly key?: RowKey | undefined;
  /** Called when the last run identified rows by another key; see {@link identifyBy}. */
  readonly onKeyChange?: ((change: KeyChange) => void) | undefined;
  /** The clock, in ms since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined;
  /** A clock in ms that never goes back. @default performance.now */
  readonly monotonic?: (() => number) | undefined;
}

/** The run that is under way: its line in the table `runs`, which gets the totals when the run ends. */
export class CurrentRun {
  /** The number of the run, from 1. */
  readonly id: number;
  /** The clock, in ms since the epoch. */
  readonly now: () => number;
  readonly #database: DatabaseSync;
  readonly #monotonic: () => number;
  /** The start of the run by either clock. */
  readonly #began: { readonly at: number; readonly monotonic: number };
  readonly #totals: Record<Status, number> & { bytes: number } = {
    ok: 0,
    skipped: 0,
    'not-found': 0,
    failed: 0,
    cancelled: 0,
    bytes: 0,
  };
  /** The rows and the bytes that are held for each object. */
  readonly #held = new Map<string, { readonly rows: number; readonly bytes: number }>();

  /** Begins the run: the records of earlier ones get its key. @throws the errors of SQLite */
  constructor(database: DatabaseSync, options: RunOptions) {
    const { key = 'url', now = Date.now, monotonic = () => performance.now() } = options;
    this.#database = database;
    this.now = now;
    this.#monotonic = monotonic;
    this.#began = { at: now(), monotonic: monotonic() };
    identifyBy(database, key, options.onKeyChange, monotonic);
    this.id = beginRun(database, options.arguments ?? [], this.#began.at, key);
  }

  /** Counts a row that has ended. */
  count({ status, bytes }: Outcome): void {
    this.#totals[status]++;
    if (status === 'ok') this.#totals.bytes += bytes;
  }

  /** Counts a saved row of an object that is not published yet, once {@link countHeld} is called. */
  hold({ bytes }: Outcome, object: string): void {
    const held = this.#held.get(object) ?? { rows: 0, bytes: 0 };
    this.#held.set(object, { rows: held.rows + 1, bytes: held.bytes + bytes });
  }

  /** Counts the rows that are held for an object. */
  countHeld(object: string): void {
    const { rows, bytes } = this.#held.get(object) ?? { rows: 0, bytes: 0 };
    this.#held.delete(object);
    this.#totals.ok += rows;
    this.#totals.bytes += bytes;
  }

  /** Stores how the run ended, when, and its totals. @throws the errors of SQLite */
  end(ending: Ending): void {
    endRun(this.#database, { id: this.id, ending, totals: this.#totals, now: this.#endsAt() });
  }

  /** The end of the run, by the later of both clocks: the system's may have been set back. */
  #endsAt(): number {
    const { at, monotonic } = this.#began;
    return Math.max(this.now(), at + Math.floor(this.#monotonic() - monotonic));
  }
}
