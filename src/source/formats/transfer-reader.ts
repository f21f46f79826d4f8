import type { Checksum, Row } from '../../model/item.ts';
import type { BadRows } from '../bad-rows.ts';
import { BadValue, quoted } from '../bad-value.ts';
import { checkUrl } from '../check-url.ts';
import type { Line } from '../line-splitter.ts';
import type { RowReader } from './list-format.ts';

const HEADING = 'TsvHttpData-1.0';

/** Whether a list that begins so is one for Google's Storage Transfer Service. */
export function isTransferList(head: string): boolean {
  return /^TsvHttpData-1\.0[ \t]*(?:\r?\n|$)/.test(head);
}

const MD5_BYTES = 16;
const BASE64 = /^[A-Za-z0-9+/]{22}==$/;

/**
 * Reads the lists of Google's Storage Transfer Service
 * (https://cloud.google.com/storage-transfer/docs/create-url-list): the line `TsvHttpData-1.0`, then on
 * each line a URL, the size of the file in bytes, and its MD5 in base64, with tabs between them. The last
 * one or two may be left out. A file has to have the size and the MD5 that are stated.
 */
export class TransferReader implements RowReader {
  readonly #bad: BadRows;

  constructor(bad: BadRows) {
    this.#bad = bad;
  }

  *rowsOf(lines: readonly Line[]): Generator<Row, void, undefined> {
    for (const line of lines) {
      if (line.number === 1 && line.text.trim() === HEADING) continue;
      if (line.problem === undefined && line.text.trim() === '') continue;
      yield this.#rowOf(line);
    }
  }

  /** Each row is complete with its line. */
  end(): Iterable<Row> {
    return [];
  }

  #rowOf({ number, text, problem }: Line): Row {
    const [url = '', size = '', md5 = '', ...others] = text.split('\t');
    let column = 1;
    try {
      if (problem !== undefined) throw problem;
      checkUrl(url.trim());
      column += url.length + 1;
      const bytes = sizeOf(size.trim());
      column += size.length + 1;
      const checksum = checksumOf(md5.trim());
      column += md5.length + 1;
      if (others.length > 0) throw new BadValue('more than a URL, a size and an MD5');
      return { url: url.trim(), size: bytes, checksum };
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      return this.#bad.rowOf(url, error, number, column);
    }
  }
}

/** @throws BadValue */
function sizeOf(text: string): number | undefined {
  if (text === '') return undefined;
  const size = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(size)) return size;
  throw new BadValue(`the size ${quoted(text)} is not a number of bytes`);
}

/** @throws BadValue */
function checksumOf(text: string): Checksum | undefined {
  if (text === '') return undefined;
  if (!BASE64.test(text)) {
    throw new BadValue(`the MD5 ${quoted(text)} is not ${MD5_BYTES} bytes in base64`);
  }
  return { algorithm: 'md5', hex: Buffer.from(text, 'base64').toString('hex') };
}
