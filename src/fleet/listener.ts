import type { Client } from 'pg';
import { moveOnAfter } from '../concurrency/index.ts';
import { GRACE } from './grace.ts';

/** How long after a failure the next connection is tried, in ms. */
const RECONNECT_AFTER = 500;

/** What a {@link Listener} calls. */
interface Callbacks {
  readonly onNotification: (payload: string) => void;
  readonly onListening: () => void;
}

/** Listens to one channel of notifications, until it is disposed of. */
export class Listener implements AsyncDisposable {
  readonly #connect: () => Client;
  readonly #channel: string;
  readonly #callbacks: Callbacks;
  #client: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(connect: () => Client, channel: string, callbacks: Callbacks) {
    this.#connect = connect;
    this.#channel = channel;
    this.#callbacks = callbacks;
    void this.#open();
  }

  async #open(): Promise<void> {
    const client = this.#connect();
    this.#client = client;
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload = '' }) => this.#callbacks.onNotification(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${client.escapeIdentifier(this.#channel)}`);
      this.#callbacks.onListening();
    } catch {
      // Whatever it is, statements of others meet it too, and say so.
      this.#lost(client);
    }
  }

  #lost(client: Client): void {
    if (this.#client !== client || this.#isClosed) return;
    this.#client = undefined;
    client.end().catch(() => {});
    this.#timer = setTimeout(() => void this.#open(), RECONNECT_AFTER);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    // A connection that is broken has nothing to close.
    const ending = this.#client?.end().catch(() => {});
    // One that has gone silent is cut with the others of its database.
    if (ending !== undefined) await moveOnAfter(GRACE, ending);
  }
}
