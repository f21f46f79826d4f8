import { ProtocolError } from '../../model/failure.ts';
import { isFieldName, isFieldValue } from '../field-syntax.ts';
import type { RawHead } from '../verdict.ts';

/** A response's head, and what it says about the connection. */
export interface Head extends RawHead {
  /** Of HTTP/1: 1, or 0 for a server of old, which keeps a connection only when it says so. */
  readonly minor: number;
}

const CRLF = '\r\n';

/** Optional spaces and the reason are left out by some servers (RFC 9112 section 4). */
const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: (.*))?$/;

const TRANSFER = 'transfer-encoding';

type Fields = Record<string, string | string[]>;

/**
 * Names are the server's, so nothing may be inherited. What `Object.create(null)` makes V8 keeps as a
 * hash table, of a kilobyte; what a constructor makes is an object like any other.
 */
const EmptyFields = function EmptyFields() {} as unknown as new () => Fields;
EmptyFields.prototype = Object.create(null);

/**
 * Reads the head of a response (RFC 9112 sections 4 and 5).
 * @param text of it, a character for each byte, without the empty line that ends it
 * @throws ProtocolError
 */
export function parseHead(text: string): Head {
  const end = endOfLine(text, 0);
  const start = text.slice(0, end);
  const parts = STATUS_LINE.exec(start);
  if (parts === null) {
    throw new ProtocolError(`not the start of an HTTP/1 response: ${quoted(start)}`);
  }
  const headers = parseFields(text, end);
  return { minor: Number(parts[1]), status: Number(parts[2]), statusText: parts[3], headers };
}

/** @param at where the line before them ends @throws ProtocolError */
function parseFields(text: string, at: number): Fields {
  const fields = new EmptyFields();
  let end = at;
  while (end < text.length) {
    const begin = end + CRLF.length;
    end = endOfLine(text, begin);
    const line = text.slice(begin, end);
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0));
    // Nor goes one over several lines, as was allowed once (RFC 9112 section 5.2).
    if (!isFieldName(name) || !isFieldValue(line)) {
      throw new ProtocolError(`not a header field: ${quoted(line)}`);
    }
    const value = line.slice(colon + 1);
    // With a tab behind it some parsers, Node's for one, take `chunked` for another coding.
    if (name.length === TRANSFER.length && /\t *$/.test(value) && name.toLowerCase() === TRANSFER) {
      throw new ProtocolError(`not a header field: ${quoted(line)}`);
    }
    add(fields, name.toLowerCase(), trimmed(value));
  }
  return fields;
}

function endOfLine(text: string, begin: number): number {
  const end = text.indexOf(CRLF, begin);
  return end === -1 ? text.length : end;
}

/** Without what `String.trim()` takes for a space as well: bytes of a name in UTF-8, for one. */
function trimmed(value: string): string {
  let first = 0;
  let end = value.length;
  // Beyond either end there is no space.
  while (isSpace(value.charCodeAt(first))) first++;
  while (isSpace(value.charCodeAt(end - 1))) end--;
  return value.slice(first, end);
}

function isSpace(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function add(fields: Fields, name: string, value: string): void {
  const known = fields[name];
  if (known === undefined) fields[name] = value;
  else if (typeof known === 'string') fields[name] = [known, value];
  else known.push(value);
}

/** The beginning of what a server sent, fit for one line of a message. */
function quoted(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
}
