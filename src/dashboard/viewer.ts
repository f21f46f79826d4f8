import type { ServerResponse } from 'node:http';
import type { RowLog } from './row-log.ts';

/** What an event source waits before it connects again, in ms. */
const RETRY = 1000;

/**
 * Somebody who watches, by server-sent events. They are written as fast as they are read and no
 * faster: what a slow viewer has not taken yet is not written but left where it is, and of the states it
 * gets the latest only.
 */
export class Viewer {
  readonly #response: ServerResponse;
  readonly #rows: RowLog;
  /** Rows that it has. */
  #position: number;
  /** The latest that it has not got, as JSON. */
  #state: string | undefined;
  #isEnding = false;

  /**
   * @param response its head has been written
   * @param position how many of the rows it has already
   */
  constructor(response: ServerResponse, rows: RowLog, position: number) {
    this.#response = response;
    this.#rows = rows;
    this.#position = position;
    response.on('drain', () => this.#write());
    response.write(`retry: ${RETRY}\n\n`);
  }

  /** Tells what is new. @param state as JSON, when there is one */
  tell(state: string | undefined): void {
    if (this.#isEnding) return;
    this.#state = state ?? this.#state;
    this.#write();
  }

  /** Tells the rest, and ends. @param state the last one */
  end(state: string): void {
    if (this.#isEnding) return;
    this.#state = state;
    this.#isEnding = true;
    this.#write();
  }

  #write(): void {
    while (!this.#response.writableNeedDrain && !this.#response.destroyed) {
      // The last state is the last thing there is to say; until then, how it goes comes first.
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
