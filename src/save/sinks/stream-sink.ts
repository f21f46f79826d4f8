import { createHash, type Hash } from 'node:crypto';
import type { Writable } from 'node:stream';
import { errorCode } from '../../model/error-code.ts';
import { ByteRangeError } from '../../model/failure.ts';
import type { Item } from '../../model/item.ts';
import type { Reasoned } from '../../model/reason.ts';
import type { Part, ResponseHead, StatedChecksum } from '../../model/response.ts';
import { type Algorithm, check, RunningDigests } from '../files/digests.ts';
import { canGoOn } from '../files/part-file.ts';
import type { PartFacts } from '../files/staging-file.ts';
import type { Draft, SavedFile, Sink } from './sink.ts';

/** The stream's reader has gone: `| head`. */
export class ReaderGoneError extends Error implements Reasoned {
  override readonly name = 'ReaderGoneError';
  readonly reason = 'not-writable';
}

/** The server sent other bytes than before, and those before were written. */
class AlreadyWrittenError extends Error implements Reasoned {
  override readonly name = 'AlreadyWrittenError';
  readonly reason = 'range';

  constructor(bytes: number) {
    super(`the file has changed, and ${bytes} bytes of what it was are written already`);
  }
}

/**
 * Writes bodies to a stream as they come: for `-o -`, where that is stdout. What is written cannot be taken
 * back. So when a transfer breaks, the next request asks for the rest; a server that sends the whole file
 * again has to send the same bytes, which are compared by their SHA-256 and not written twice.
 */
export class StreamSink implements Sink {
  readonly #stream: Writable;
  #failure: Error | undefined;

  /** @param stream stays open */
  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error) => {
      this.#failure ??= failureOf(error);
    });
  }

  /** Whether the stream's reader has gone. */
  get isReaderGone(): boolean {
    return this.#failure instanceof ReaderGoneError;
  }

  open(item: Item): Draft {
    return new StreamDraft(item, this);
  }

  /** @returns a promise while the stream is behind; it rejects when it cannot be written to */
  write(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    return this.#stream.write(chunk) ? undefined : this.flushed();
  }

  /** Resolves when all is written. @throws ReaderGoneError; the error of the stream */
  async flushed(): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure;
    await new Promise<void>((resolve, reject) => {
      this.#stream.write('', (error) => (error ? reject(failureOf(error)) : resolve()));
    });
  }
}

function failureOf(error: Error): Error {
  const code = errorCode(error);
  const isGone = code === 'EPIPE' || code === 'EIO' || code === 'ERR_STREAM_DESTROYED';
  return isGone
    ? new ReaderGoneError('the output has no reader any more', { cause: error })
    : error;
}

class StreamDraft implements Draft {
  readonly #item: Item;
  readonly #sink: StreamSink;
  /** The version of the file that is being written. */
  #version: PartFacts | undefined;
  /** The checksum that the server states. */
  #stated: StatedChecksum | undefined;
  #written = 0;
  readonly #hash = createHash('sha256');
  #digests: RunningDigests | undefined;
  /** The bytes that come once more, until all that were written have come. */
  #repeated: { readonly hash: Hash; left: number } | undefined;
  /** It is of no use to try again. */
  #failure: Error | undefined;

  constructor(item: Item, sink: StreamSink) {
    this.#item = item;
    this.#sink = sink;
  }

  get part(): Part | undefined {
    const version = this.#version;
    if (this.#written === 0 || version === undefined || !canGoOn(version)) return undefined;
    const { etag, lastModified, length } = version;
    return { bytes: this.#written, etag, lastModified, length };
  }

  get bytes(): number {
    return this.#written;
  }

  begin(head: ResponseHead): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (head.offset === 0) {
      this.#version = head;
      this.#stated = head.stated;
      this.#digests ??= new RunningDigests(algorithmsOf(this.#item, head.stated));
      const isRepeated = this.#written > 0;
      this.#repeated = isRepeated ? { hash: createHash('sha256'), left: this.#written } : undefined;
    } else if (head.offset === this.#written) {
      this.#version = { ...this.#version, length: head.length ?? this.#version?.length };
    } else {
      const there = `${this.#written} are written`;
      throw new ByteRangeError(`its body begins at byte ${head.offset}, and ${there}`);
    }
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    const fresh = this.#repeated === undefined ? chunk : this.#withoutRepeated(chunk);
    if (this.#failure !== undefined) return Promise.reject(this.#failure);
    if (fresh.byteLength === 0) return undefined;
    this.#written += fresh.byteLength;
    this.#hash.update(fresh);
    this.#digests?.update(fresh);
    return this.#sink.write(fresh);
  }

  async restart(): Promise<void> {
    if (this.#written > 0) throw this.#failure ?? this.#changed();
  }

  async commit(): Promise<SavedFile> {
    if (this.#repeated !== undefined) throw this.#changed();
    await this.#sink.flushed();
    try {
      const digests = this.#digests?.results() ?? {};
      check(this.#item.checksum, digests);
      const stated = this.#stated;
      if (stated && digests[stated.algorithm]) check(stated, digests, stated.header);
    } catch (error) {
      this.#failure = error instanceof Error ? error : undefined;
      throw error;
    }
    return { path: '-', bytes: this.#written };
  }

  async discard(): Promise<void> {}

  /** What of `chunk` was not written before. */
  #withoutRepeated(chunk: Uint8Array): Uint8Array {
    const repeated = this.#repeated;
    if (repeated === undefined) return chunk;
    const again = chunk.subarray(0, repeated.left);
    repeated.hash.update(again);
    repeated.left -= again.byteLength;
    if (repeated.left === 0) {
      this.#repeated = undefined;
      const isSame = repeated.hash.digest().equals(this.#hash.copy().digest());
      if (!isSame) this.#failure = this.#changed();
    }
    return chunk.subarray(again.byteLength);
  }

  #changed(): Error {
    return new AlreadyWrittenError(this.#written);
  }
}

function algorithmsOf({ checksum }: Item, stated: StatedChecksum | undefined): Algorithm[] {
  const wanted = [checksum?.algorithm, stated?.algorithm];
  return [...new Set(wanted.filter((algorithm) => algorithm !== undefined))];
}
