import { ProtocolError } from '../../model/failure.ts';
import { ChunkReader } from './chunk-reader.ts';
import { type Framing, framingOf } from './framing.ts';
import { type Head, parseHead } from './head.ts';

/** Told of the responses on a connection. */
export interface ResponseEvents {
  onHead(head: Head): void;
  /** @param piece lent @returns whether to read on */
  onData(piece: Uint8Array): boolean;
}

/** Of a head, in bytes: as long as Node takes them. */
const LONGEST_HEAD = 16 * 1024;

const HEAD_END = Buffer.from('\r\n\r\n');

/**
 * Reads one response after another from what comes on a connection (RFC 9112). Knows nothing of
 * sockets, so that any bytes, cut anywhere, can be given to it.
 */
export class ResponseReader {
  readonly #events: ResponseEvents;
  readonly #onData: (piece: Uint8Array) => boolean;
  /** The beginning of a head that is not whole yet: a copy. */
  #partial: Buffer | undefined;
  /** Undefined while the head is still to come. */
  #framing: Framing | undefined;
  #left = 0;
  #chunks: ChunkReader | undefined;
  #isDone = false;

  constructor(events: ResponseEvents) {
    this.#events = events;
    this.#onData = (piece) => events.onData(piece);
  }

  /** Whether all of the response has been read. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /** What follows is another response. */
  reset(): void {
    this.#partial = undefined;
    this.#framing = undefined;
    this.#isDone = false;
  }

  /**
   * Reads on.
   * @returns how many of the bytes it has read: not all when the response has ended before, or when
   *   it was told to stop
   * @throws ProtocolError
   */
  read(bytes: Buffer): number {
    let at = 0;
    while (at < bytes.length && this.#framing === undefined) at = this.#readHead(bytes, at);
    if (this.#isDone || at === bytes.length) return at;
    if (this.#framing === 'chunked') return this.#readChunks(bytes, at);
    if (this.#framing === 'until-close') {
      this.#onData(bytes.subarray(at));
      return bytes.length;
    }
    const end = Math.min(bytes.length, at + this.#left);
    this.#left -= end - at;
    this.#isDone = this.#left === 0;
    this.#onData(bytes.subarray(at, end));
    return end;
  }

  /** The connection has ended. @returns whether that is how the response was to end */
  close(): boolean {
    return this.#framing === 'until-close';
  }

  #readHead(bytes: Buffer, at: number): number {
    const before = this.#partial?.length ?? 0;
    // What ends the head may have begun in the read before.
    const head =
      this.#partial === undefined
        ? bytes.subarray(at)
        : Buffer.concat([this.#partial, bytes.subarray(at)]);
    const end = head.indexOf(HEAD_END, Math.max(0, before - HEAD_END.length));
    if ((end === -1 ? head.length : end) > LONGEST_HEAD) {
      throw new ProtocolError(`the head of the response is longer than ${LONGEST_HEAD} bytes`);
    }
    if (end === -1) {
      this.#checkStart(head);
      this.#partial = Buffer.from(head);
      return bytes.length;
    }
    this.#partial = undefined;
    this.#begin(parseHead(head.toString('latin1', 0, end)));
    return at + end + HEAD_END.length - before;
  }

  /** What will be no response is none now: it may be that nothing more comes. */
  #checkStart(head: Buffer): void {
    const start = head.toString('latin1', 0, 7);
    if (!'HTTP/1.'.startsWith(start)) {
      throw new ProtocolError(`not the start of an HTTP/1 response: ${JSON.stringify(start)}`);
    }
  }

  #begin(head: Head): void {
    if (head.status === 101)
      throw new ProtocolError('it switches to a protocol that nobody asked for');
    const framing = framingOf(head);
    this.#events.onHead(head);
    // Another one follows an interim one.
    if (head.status < 200) return;
    this.#framing = framing;
    if (framing === 'chunked') {
      this.#chunks ??= new ChunkReader();
      this.#chunks.reset();
    } else if (framing !== 'until-close') {
      this.#left = framing;
      this.#isDone = framing === 0;
    }
  }

  #readChunks(bytes: Buffer, at: number): number {
    const chunks = this.#chunks as ChunkReader;
    const end = chunks.read(bytes, at, this.#onData);
    this.#isDone = chunks.isDone;
    return end;
  }
}
