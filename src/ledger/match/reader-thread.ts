import { extname } from 'node:path';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { adviceFor } from '../database-errors.ts';
import { ledgerPath } from '../paths.ts';
import { THREAD_OPTIONS } from '../thread-options.ts';
import type { KnownChunk } from './known-chunk.ts';
import type { ChunkSource } from './lineup.ts';
import type { ListOrderOptions } from './list-order.ts';
import type { FromReaderThread, ReaderThreadData, ToReaderThread } from './reader-messages.ts';

/** Chunks that are asked for ahead: what is read while the run is busy elsewhere. */
const AHEAD = 8;

/** In ms: a thread that has not begun by then never will. */
const START_TIMEOUT = 30_000;

/** Beside this file, and with its ending: `.ts` in the sources, `.js` in the build. */
const WORKER = new URL(`./reader-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * Reads the records of earlier runs on a thread of its own, and looks for their files there: 2 µs a
 * row that the thread which downloads does not spend, and a slow disk does not stop it.
 */
export class ReaderThread implements ChunkSource {
  readonly #path: string;
  readonly #port: MessagePort;
  readonly #posted = new Int32Array(new SharedArrayBuffer(4));
  /** Chunks of before the last one are not what comes next. */
  #seeks = 0;
  #isAtEnd = false;
  /** Received while somebody waited for its arrival. */
  #arrived: FromReaderThread | undefined;
  readonly #ended = Promise.withResolvers<void>();

  constructor(options: ListOrderOptions) {
    this.#path = ledgerPath(options.directory);
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    const data: ReaderThreadData = { ...options, port: port2, posted: this.#posted };
    const worker = new Worker(WORKER, {
      ...THREAD_OPTIONS,
      name: 'flaghoist ledger reader',
      workerData: data,
      transferList: [port2],
    });
    // What goes wrong while it reads, it says in a message. Without it the ledger is asked row by row.
    worker.on('error', () => this.#end());
    worker.on('exit', () => this.#ended.resolve());
    for (let i = 0; i < AHEAD; i++) this.#post({ type: 'more' });
  }

  poll(): KnownChunk | 'end' | undefined {
    if (this.#isAtEnd) return 'end';
    for (let message = this.#receive(); message !== undefined; message = this.#receive()) {
      const chunk = this.#chunkOf(message);
      if (chunk !== undefined) return chunk;
    }
    return undefined;
  }

  /** Stops the event loop meanwhile. @throws BrokenRunError when the thread cannot read */
  take(): KnownChunk | 'end' {
    for (;;) {
      const posted = Atomics.load(this.#posted, 0);
      const chunk = this.poll();
      if (chunk !== undefined) return chunk;
      const timeout = posted === 0 ? START_TIMEOUT : undefined;
      if (Atomics.wait(this.#posted, 0, posted, timeout) === 'timed-out') {
        throw new BrokenRunError(
          `the ledger ${this.#path} cannot be used: its thread did not start`,
        );
      }
    }
  }

  async arrival(): Promise<void> {
    if (this.#isAtEnd || this.#arrived !== undefined) return;
    await new Promise<void>((resolve) => {
      this.#port.once('close', resolve);
      this.#port.once('message', (message: FromReaderThread) => {
        this.#arrived = message;
        this.#port.off('close', resolve);
        resolve();
      });
    });
  }

  seek(id: number): void {
    this.#seeks++;
    this.#isAtEnd = false;
    this.#post({ type: 'seek', id, seeks: this.#seeks });
    for (let i = 0; i < AHEAD; i++) this.#post({ type: 'more' });
  }

  /** Resolves when the thread has ended, and let the ledger go. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end();
    await this.#ended.promise;
  }

  /** Nothing more comes; the port is all that keeps the thread alive. */
  #end(): void {
    this.#isAtEnd = true;
    this.#port.close();
  }

  #receive(): FromReaderThread | undefined {
    const arrived = this.#arrived;
    this.#arrived = undefined;
    return arrived ?? receiveMessageOnPort(this.#port)?.message;
  }

  #chunkOf(message: FromReaderThread): KnownChunk | 'end' | undefined {
    if (message.type === 'failed') {
      throw new BrokenRunError(adviceFor(this.#path, message.code, message.message));
    }
    // Those that were under way when it was told to go elsewhere.
    if (message.seeks !== this.#seeks) return undefined;
    if (message.chunk === 'end') this.#isAtEnd = true;
    else this.#post({ type: 'more' });
    return message.chunk;
  }

  #post(message: ToReaderThread): void {
    this.#port.postMessage(message);
  }
}
