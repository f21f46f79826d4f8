/** What goes between a run and the thread that reads the records of earlier runs ahead for it. */
import type { MessagePort } from 'node:worker_threads';
import type { KnownChunk } from './known-chunk.ts';
import type { ListOrderOptions } from './list-order.ts';

export interface ReaderThreadData extends ListOrderOptions {
  /** For the messages: one that can be asked for them without an event loop. */
  readonly port: MessagePort;
  /** How often the thread has posted something; the first time is that it has begun. */
  readonly posted: Int32Array;
}

export type ToReaderThread =
  /** One chunk more. */
  | { readonly type: 'more' }
  /** Go on after this id. What was asked for before is not wanted any more. */
  | { readonly type: 'seek'; readonly id: number; readonly seeks: number };

export type FromReaderThread =
  | {
      readonly type: 'chunk';
      readonly chunk: KnownChunk | 'end';
      /** How many times it had been told to go elsewhere. */
      readonly seeks: number;
    }
  /** An Error would arrive without its code. */
  | { readonly type: 'failed'; readonly code: number | undefined; readonly message: string };
