import type { ServerResponse } from 'node:http';
import type { RowLog } from './row-log.ts';

/** The time after which an event source connects again, in ms. */
const RETRY = 1000;

/**
 * One open page, which gets server-sent events. They are written no faster than the page reads them: rows
 * that a slow viewer has not taken yet stay in the log, and of the states it gets the latest alone.
 */
export class Viewer {
  readonly #response: ServerResponse;
  readonly #rows: RowLog;
  /** The rows that it has got. */
  #position: number;
  /** The latest state, as JSON, until it is sent. */
  #state: string | undefined;
  #isEnding = false;

  /**
   * @param response with its head written
   * @param position the number of rows that the viewer has already
   */
  constructor(response: ServerResponse, rows: RowLog, position: number) {
    this.#response = response;
    this.#rows = rows;
    this.#position = position;
    response.on('drain', () => this.#write());
    response.write(`retry: ${RETRY}\n\n`);
  }

  /**
   * Sends the rows and the state that the viewer does not have. @param state as JSON, when there is a new
   * one
   */
  tell(state: string | undefined): void {
    if (this.#isEnding) return;
    this.#state = state ?? this.#state;
    this.#write();
  }

  /** Sends the rest, and ends the response. @param state the last one, as JSON */
  end(state: string): void {
    if (this.#isEnding) return;
    this.#state = state;
    this.#isEnding = true;
    this.#write();
  }

  #write(): void {
    while (!this.#response.writableNeedDrain && !this.#response.destroyed) {
      // The last state comes after all rows; any other comes before them.
      const sent = this.#isEnding
        ? this.#writeRows() || this.#writeState()
        : this.#writeState() || this.#writeRows();
      if (sent) continue;
      if (this.#isEnding && !this.#response.writableEnded) this.#response.end();
      return;
    }
  }

  #writeState(): boolean {
    if (this.#state === undefined) return false;
    this.#response.write(`event: state\ndata: ${this.#state}\n\n`);
    this.#state = undefined;
    return true;
  }

  #writeRows(): boolean {
    const batch = this.#rows.after(this.#position);
    if (batch === undefined) return false;
    this.#position = batch.next;
    this.#response.cork();
    this.#response.write(`id: ${batch.next}\nevent: rows\ndata: `);
    this.#response.write(batch.json);
    this.#response.write('\n\n');
    this.#response.uncork();
    return true;
  }
}
