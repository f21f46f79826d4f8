import { ProtocolError } from '../../model/failure.ts';
import { ChunkReader } from './chunk-reader.ts';
import { type Framing, frame } from './framing.ts';
import { type Head, parseHead } from './head.ts';

/** Receives the responses on a connection. */
export interface ResponseEvents {
  /** @param framing where the body after the head ends */
  onHead(head: Head, framing: Framing): void;
  /**
   * @param piece a piece of the body, only lent
   * @returns whether to read on
   */
  onData(piece: Uint8Array): boolean;
}

/** The longest head, in bytes: curl takes 300 kB, Chrome 256 kB. */
const LONGEST_HEAD = 256 * 1024;

const LF = 0x0a;

/** The first byte of an answer of TLS: an alert about a request without TLS (RFC 8446 section 5.1). */
const TLS_ALERT = 0x15;

/**
 * Reads one response after another from the bytes of a connection (RFC 9112). It knows nothing of
 * sockets, so tests can give it any bytes, cut anywhere.
 */
export class ResponseReader {
  readonly #events: ResponseEvents;
  readonly #onData: (piece: Uint8Array) => boolean;
  /** The beginning of an incomplete head. */
  #partial: HeadBuffer | undefined;
  /** Undefined until the head has come. */
  #framing: Framing | undefined;
  #left = 0;
  /** Made with the first body in chunks. */
  #chunks: ChunkReader | undefined;
  #isDone = false;
  #isOdd = false;

  constructor(events: ResponseEvents) {
    this.#events = events;
    this.#onData = (piece) => events.onData(piece);
  }

  /** Whether the whole response has been read. */
  get isDone(): boolean {
    return this.#isDone;
  }

  /**
   * Whether the response violates HTTP somewhere. Its end is only a guess then, and nothing may be
   * read after it.
   */
  get isOdd(): boolean {
    return this.#isOdd || this.#chunks?.isOdd === true;
  }

  /** Prepares for the next response. Not to be called after one that {@link isOdd}. */
  reset(): void {
    this.#partial = undefined;
    this.#framing = undefined;
    this.#isDone = false;
  }

  /**
   * Reads on.
   * @returns how many of the bytes were read: fewer when the response ended, or the listener
   *   stopped
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

  /** The connection has ended. @returns whether the response was to end that way */
  close(): boolean {
    return this.#framing === 'until-close';
  }

  #readHead(bytes: Buffer, at: number): number {
    const before = this.#partial?.length ?? 0;
    const piece = bytes.subarray(at);
    const head = this.#partial === undefined ? piece : this.#partial.add(piece);
    // The empty line may have begun with the previous piece.
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

  /** Refuses what cannot become a response at once: the server may not send anything more. */
  #checkStart(head: Buffer): void {
    const start = head.toString('latin1', 0, 7);
    if (head[0] === TLS_ALERT) {
      throw new ProtocolError('the server speaks TLS at this port: try https://');
    }
    if (!'HTTP/1.'.startsWith(start)) {
      throw new ProtocolError(`not the start of an HTTP/1 response: ${JSON.stringify(start)}`);
    }
  }

  /** @param isOdd whether the line after the head does not end in CRLF */
  #begin(read: Head, isOdd: boolean): void {
    if (read.status === 101)
      throw new ProtocolError('it switches to a protocol that was not asked for');
    const { framing, head } = frame(read);
    this.#isOdd ||= isOdd || head.isOdd;
    this.#events.onHead(head, framing);
    // An interim response is followed by another one.
    if (head.status < 200) return;
    this.#framing = framing;
    if (framing === 'chunked') {
      this.#chunks?.reset();
    } else if (framing !== 'until-close') {
      this.#left = framing;
      this.#isDone = framing === 0;
    }
  }

  #readChunks(bytes: Buffer, at: number): number {
    this.#chunks ??= new ChunkReader();
    const end = this.#chunks.read(bytes, at, this.#onData);
    this.#isDone = this.#chunks.isDone;
    return end;
  }
}

function newPartial(piece: Buffer): HeadBuffer {
  const partial = new HeadBuffer();
  partial.add(piece);
  return partial;
}

/** The end of a head: an empty line after a line that ends in CRLF or LF. */
const CRLF_END = Buffer.from('\n\r\n');
/** The same, when the empty line is a bare LF. */
const LF_END = Buffer.from('\n\n');

/** The first size of the buffer, in bytes: enough for most heads, or what is left of them. */
const FIRST_SIZE = 4 * 1024;

/** Collects a head that comes in pieces. It doubles in size, so that many small pieces stay cheap. */
export class HeadBuffer {
  #bytes = Buffer.allocUnsafe(0);
  #length = 0;

  /** The length of the head so far, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** Adds the next piece, which is only lent. @returns the head so far, valid until the next call */
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
 * @param from an index before which the head does not end
 * @returns the length of the head with the empty line; -1 while there is none
 */
function lengthOfHead(head: Buffer, from: number): number {
  const crlf = head.indexOf(CRLF_END, from);
  // Most heads end at once, and the body after them is not searched.
  const before = crlf === -1 ? head : head.subarray(0, crlf + 1);
  const lf = before.indexOf(LF_END, from);
  if (lf !== -1) return lf + LF_END.length;
  return crlf === -1 ? -1 : crlf + CRLF_END.length;
}
