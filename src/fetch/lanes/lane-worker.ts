/** The inside of a lane's thread; see lane.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import type { BodyWriter, FetchRequest } from '../../model/response.ts';
import { HttpClient } from '../http-client.ts';
import type { HttpOptions } from '../http-options.ts';
import { recordOf } from './error-record.ts';
import type { Order } from './messages.ts';
import { Outbox } from './outbox.ts';

if (parentPort === null) throw new Error('This module is the inside of a worker thread.');
const parent = parentPort;

/** Bytes sent and not taken yet, at most: beyond that the run is behind, and the servers wait. */
const MOST_UNTAKEN = 8 * 1024 * 1024;

const client = new HttpClient(workerData as HttpOptions);
const errands = new Map<number, Errand>();
let untaken = 0;
let room: PromiseWithResolvers<void> | undefined;

const outbox = new Outbox((report) => parent.postMessage(report, [report.bodies]));

/** One request, and the body that comes of it, for the run to write. */
class Errand {
  readonly #id: number;
  readonly #stop = new AbortController();
  #paused: PromiseWithResolvers<void> | undefined;

  constructor(id: number) {
    this.#id = id;
  }

  async run(request: FetchRequest): Promise<void> {
    const body: BodyWriter = {
      begin: (head) => outbox.put(['head', this.#id, head]),
      write: (chunk) => this.#write(chunk),
    };
    try {
      const { bytes, timings } = await client.get(request, body, { signal: this.#stop.signal });
      outbox.put(['end', this.#id, bytes, timings]);
    } catch (error) {
      outbox.put(['failed', this.#id, recordOf(error)]);
    } finally {
      errands.delete(this.#id);
    }
  }

  abort(): void {
    this.#stop.abort();
  }

  pause(): void {
    this.#paused ??= Promise.withResolvers<void>();
  }

  resume(): void {
    this.#paused?.resolve();
    this.#paused = undefined;
  }

  #write(chunk: Uint8Array): Promise<void> | undefined {
    outbox.putData(this.#id, chunk);
    untaken += chunk.byteLength;
    if (untaken > MOST_UNTAKEN) room ??= Promise.withResolvers<void>();
    return this.#paused?.promise ?? room?.promise;
  }
}

async function end(): Promise<void> {
  await client[Symbol.asyncDispose]();
  parent.close();
}

function carryOut(order: Order): void {
  switch (order[0]) {
    case 'get': {
      const errand = new Errand(order[1]);
      errands.set(order[1], errand);
      errand.run(order[2]);
      break;
    }
    case 'abort':
      errands.get(order[1])?.abort();
      break;
    case 'pause':
      errands.get(order[1])?.pause();
      break;
    case 'resume':
      errands.get(order[1])?.resume();
      break;
    case 'taken':
      untaken -= order[1];
      if (untaken <= MOST_UNTAKEN) {
        room?.resolve();
        room = undefined;
      }
      break;
    case 'end':
      end();
  }
}

// This listener is also what keeps the thread alive until the port to the parent is closed.
parent.on('message', (orders: readonly Order[]) => {
  for (const order of orders) carryOut(order);
});
