import { ProtocolError } from '../../model/failure.ts';
import { ChunkReader } from './chunk-reader.ts';
import { type Framing, frame } from './framing.ts';
import { type Head, parseHead } from './head.ts';

/** Told of the responses on a connection. */
export interface ResponseEvents {
  /** @param framing where the body ends that follows it */
  onHead(head: Head, framing: Framing): void;
  /** @param piece lent @returns whether to read on */
  onData(piece: Uint8Array): boolean;
}

/** Of a head, in bytes: curl takes 300 kB of it, Chrome 256 kB. */
const LONGEST_HEAD = 256 * 1024;

const LF = 0x0a;

/**
 * Reads one response after another from what comes on a connection (RFC 9112). Knows nothing of
 * sockets, so that any bytes, cut anywhere, can be given to it.
 */
export class ResponseReader {
  readonly #events: ResponseEvents;
  readonly #onData: (piece: Uint8Array) => boolean;
  /** The beginning of a head that is not whole yet. */
  #partial: HeadBuffer | undefined;
  /** Undefined while the head is still to come. */
  #framing: Framing | undefined;
  #left = 0;
  #chunks: ChunkReader | undefined;
  #isDone = false;
  #isOdd = false;

  constructor(events: ResponseEvents) {
    this.#events = events;
    this.#onData = (piece) => events.onData(piece);
  }

  /** Whether all of the response has been read. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Something in it is not as HTTP has it: where the response ends is no more than likely, and nothing may be
   * read behind it.
   */
  get isOdd(): boolean {
    return this.#isOdd || this.#chunks?.isOdd === true;
  }

  /** What follows is another response. Not after one that {@link isOdd}. */
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
    const piece = bytes.subarray(at);
    const head = this.#partial === undefined ? piece : this.#partial.add(piece);
    // The empty line may have begun in the read before.
    const length = lengthOfHead(head, Math.max(0, before - 2));
    if ((length === -1 ? head.length : length) > LONGEST_HEAD) {
      throw new ProtocolError(`the head of the response is longer than ${LONGEST_HEAD} bytes`);
    }
    if (length === -1) {
      this.#checkStart(head);
      this.#partial ??= newPartial(piece);
      return bytes.length;
    }
    this.#partial = undefined;
    const empty = head[length - 2] === LF ? 1 : 2;
    this.#begin(parseHead(head.toString('latin1', 0, length - empty)), empty === 1);
    return at + length - before;
  }

  /** What will be no response is none now: it may be that nothing more comes. */
  #checkStart(head: Buffer): void {
    const start = head.toString('latin1', 0, 7);
    if (!'HTTP/1.'.startsWith(start)) {
      throw new ProtocolError(`not the start of an HTTP/1 response: ${JSON.stringify(start)}`);
    }
  }

  /** @param isOdd the line behind it does not end in CRLF */
  #begin(read: Head, isOdd: boolean): void {
    if (read.status === 101)
      throw new ProtocolError('it switches to a protocol that nobody asked for');
    const { framing, head } = frame(read);
    this.#isOdd ||= isOdd || head.isOdd;
    this.#events.onHead(head, framing);
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

function newPartial(piece: Buffer): HeadBuffer {
  const partial = new HeadBuffer();
  partial.add(piece);
  return partial;
}

/** An empty line, behind one that ends as it should or with a bare LF. */
const CRLF_END = Buffer.from('\n\r\n');
/** The same, with a bare LF. */
const LF_END = Buffer.from('\n\n');

/** In bytes: most heads fit, and what comes next of one that does not. */
const FIRST_SIZE = 4 * 1024;

/** Collects a head that comes in pieces. It grows by doubling, so a head that drips costs no more than its length. */
export class HeadBuffer {
  #bytes = Buffer.allocUnsafe(0);
  #length = 0;

  /** How much there is of it. */
  get length(): number {
    return this.#length;
  }

  /** Takes the next piece, lent. @returns all there is, until the next call */
  add(piece: Buffer): Buffer {
    const length = this.#length + piece.length;
    if (length > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(FIRST_SIZE, 2 * length));
      this.#bytes.copy(grown, 0, 0, this.#length);
      this.#bytes = grown;
    }
    piece.copy(this.#bytes, this.#length);
    this.#length = length;
    return this.#bytes.subarray(0, length);
  }
}

/**
 * @param from before which it does not end
 * @returns how long the head is, the empty line behind it included; -1 while it has none
 */
function lengthOfHead(head: Buffer, from: number): number {
  const crlf = head.indexOf(CRLF_END, from);
  // Most are found at once, and the body behind them is not looked at.
  const before = crlf === -1 ? head : head.subarray(0, crlf + 1);
  const lf = before.indexOf(LF_END, from);
  if (lf !== -1) return lf + LF_END.length;
  return crlf === -1 ? -1 : crlf + CRLF_END.length;
}
