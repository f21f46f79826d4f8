import assert from 'node:assert/strict';
import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { RowLog } from '../../src/dashboard/row-log.ts';
import { Viewer } from '../../src/dashboard/viewer.ts';

/** A response whose reader takes so much at a time, and that only when told to. */
class SlowResponse extends EventEmitter {
  readonly written: string[] = [];
  writableNeedDrain = false;
  writableEnded = false;
  destroyed = false;
  readonly #room: number;
  #buffered = 0;

  constructor(room = Number.POSITIVE_INFINITY) {
    super();
    this.#room = room;
  }

  write(chunk: string | Buffer): void {
    const text = chunk.toString();
    this.written.push(text);
    this.#buffered += text.length;
    this.writableNeedDrain = this.#buffered >= this.#room;
  }

  drain(): void {
    this.#buffered = 0;
    this.writableNeedDrain = false;
    this.emit('drain');
  }

  end(): void {
    this.writableEnded = true;
  }

  cork(): void {}
  uncork(): void {}

  /** What was written since the last call: the events, and the id of those that have one. */
  events(): string[] {
    const text = this.written.splice(0).join('');
    return [...text.matchAll(/(?:id: (\d+)\n)?event: (\w+)\ndata: (.*)\n\n/g)].map(
      ([, id, event, data]) => (event === 'state' ? `state ${data}` : `${event} to ${id}`),
    );
  }
}

function viewerOf(log: RowLog, response: SlowResponse, position = 0): Viewer {
  return new Viewer(response as unknown as ServerResponse, log, position);
}

function logOf(rows: number): RowLog {
  const log = new RowLog();
  for (let index = 0; index < rows; index++) {
    addTo(log, index);
  }
  return log;
}

function addTo(log: RowLog, index: number): void {
  const row = { url: `https://example.com/${index}`, status: 'ok', bytes: 1, attempts: 1 } as const;
  log.add({ index, ...row }, { path: undefined, start: undefined });
}

test('Viewer: how it goes, then all rows, then those that are new', () => {
  const [log, response] = [logOf(700), new SlowResponse()];
  const viewer = viewerOf(log, response);
  assert.deepEqual(response.written, ['retry: 1000\n\n']);
  viewer.tell('1');
  assert.deepEqual(response.events(), ['state 1', 'rows to 500', 'rows to 700']);
  viewer.tell(undefined);
  assert.deepEqual(response.events(), []);
  addTo(log, 700);
  viewer.tell(undefined);
  assert.deepEqual(response.events(), ['rows to 701']);
});

test('Viewer: continues after the rows that the page has', () => {
  const response = new SlowResponse();
  viewerOf(logOf(700), response, 600).tell('1');
  assert.deepEqual(response.events(), ['state 1', 'rows to 700']);
});

test('Viewer: a slow one gets fewer messages, and only the latest state', () => {
  const [log, response] = [logOf(1_200), new SlowResponse(1)];
  const viewer = viewerOf(log, response);
  for (let i = 0; i < 1_000; i++) viewer.tell(`${i}`);
  // It has not even read how soon to come back.
  assert.deepEqual(response.events(), []);
  response.drain();
  assert.deepEqual(response.events(), ['state 999']);
  viewer.tell('1000');
  viewer.tell('1001');
  response.drain();
  assert.deepEqual(response.events(), ['state 1001']);
  response.drain();
  assert.deepEqual(response.events(), ['rows to 500']);
});

test('Viewer.end: the rest of the rows, the last state, and no more', () => {
  const [log, response] = [logOf(600), new SlowResponse(1)];
  const viewer = viewerOf(log, response);
  viewer.tell('running');
  viewer.end('complete');
  viewer.tell('running');
  const seen: string[] = [];
  for (let i = 0; i < 6; i++) {
    response.drain();
    seen.push(...response.events());
  }
  assert.deepEqual(seen, ['rows to 500', 'rows to 600', 'state complete']);
  assert.equal(response.writableEnded, true);
});

test('Viewer: writes nothing to a closed connection', () => {
  const response = new SlowResponse();
  const viewer = viewerOf(logOf(3), response);
  response.events();
  response.destroyed = true;
  viewer.tell('1');
  viewer.end('2');
  assert.deepEqual(response.written, []);
});
