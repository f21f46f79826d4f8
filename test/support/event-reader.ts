import { on } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createInterface } from 'node:readline';
import type { RowColumns, RunState } from '../../src/report/page/page-data.ts';

interface Event {
  readonly type: string;
  readonly data: string;
}

/** Reads server-sent events as a browser does. An empty line ends an event. */
export class EventReader {
  readonly #response: IncomingMessage;
  readonly #events: AsyncGenerator<Event, void>;
  /** The id of the last event with an id. */
  lastId = '';

  constructor(response: IncomingMessage) {
    this.#response = response;
    this.#events = this.#read();
  }

  /** The next event. @throws Error unless it is a state */
  async state(): Promise<RunState> {
    return JSON.parse(await this.#next('state'));
  }

  /** The next event. @throws Error unless it is rows */
  async rows(): Promise<RowColumns> {
    return JSON.parse(await this.#next('rows'));
  }

  /** The next rows; skips states. */
  async nextRows(): Promise<RowColumns> {
    for (;;) {
      const { value, done } = await this.#events.next();
      if (done === true) throw new Error('there are no more rows');
      if (value.type === 'rows') return JSON.parse(value.data);
    }
  }

  /** The data of all events until the server ends the response. */
  async rest(): Promise<(Partial<RunState> & Partial<RowColumns>)[]> {
    const all = await Array.fromAsync(this.#events);
    return all.map(({ data }) => JSON.parse(data));
  }

  /** Disconnects, as a browser does when it is closed. */
  leave(): void {
    this.#response.destroy();
  }

  async #next(type: string): Promise<string> {
    const { value } = await this.#events.next();
    if (value?.type !== type) throw new Error(`${value?.type} instead of ${type}`);
    return value.data;
  }

  async *#read(): AsyncGenerator<Event, void> {
    const fields = new Map<string, string>();
    const lines = createInterface(this.#response);
    for await (const [line] of on(lines, 'line', { close: ['close'] }) as AsyncIterable<[string]>) {
      const [, name = '', value = ''] = /^(\w+): (.*)$/.exec(line) ?? [];
      if (line !== '') fields.set(name, value);
      else {
        this.lastId = fields.get('id') ?? this.lastId;
        const [type, data] = [fields.get('event'), fields.get('data')];
        fields.clear();
        if (type !== undefined && data !== undefined) yield { type, data };
      }
    }
  }
}
