import { parse } from 'content-disposition';
import { decodeSegment, safeName, visibleName } from './naming.ts';

const UTF8 = new TextDecoder('utf-8', { fatal: true });
// biome-ignore lint/suspicious/noControlCharactersInRegex: a header may contain any byte
const BYTES = /^[\u0000-\u00ff]*[\u0080-\u00ff][\u0000-\u00ff]*$/;

/** An encoded word (RFC 2047), as written by mail programs and some servers. */
const ENCODED_WORD = /=\?([^?]*)\?([bq])\?([^?]*)\?=/gi;

/** `charset'language'value` (RFC 8187). */
const EXTENDED = /^([^']*)'[^']*'(.*)$/s;

/**
 * The file name in a Content-Disposition header (RFC 6266), made safe; undefined when there is none. Only
 * what follows its last slash or backslash is used, since the server does not choose the directory. A
 * leading dot is replaced, since programs read hidden files unasked.
 *
 * Mistakes of servers that browsers tolerate are tolerated: a `filename*` that cannot be decoded (then
 * `filename` is used), unclosed quotes, quotes around a `filename*`, and a plain name in UTF-8,
 * percent-encoded or in encoded words.
 */
export function parseContentDisposition(header: string): string | undefined {
  const { filename, 'filename*': extended } = parametersOf(header);
  const plain = filename === undefined ? undefined : plainName(filename);
  const name = (extended === undefined ? undefined : extendedName(extended)) ?? plain;
  const segment = name?.split(/[/\\]/).at(-1)?.trim();
  return segment === undefined || /^\.*$/.test(segment)
    ? undefined
    : safeName(visibleName(segment));
}

function parametersOf(header: string): Readonly<Record<string, string | undefined>> {
  const { type, parameters } = parse(header, { extended: false });
  // `filename=a.gif` alone: the disposition type is missing.
  if (type.includes('=')) return parametersOf(`attachment; ${header}`);
  const isNamed = parameters.filename !== undefined || parameters['filename*'] !== undefined;
  if (isNamed || !header.includes('"')) return parameters;
  // The closing quote is missing.
  return parse(`${header}"`, { extended: false }).parameters;
}

function plainName(text: string): string {
  const decoded = asUtf8(text);
  const words = decoded.replace(
    ENCODED_WORD,
    (word, charset: string, form: string, value: string) => {
      const bytes = /b/i.test(form) ? Buffer.from(value, 'base64') : quotedBytes(value);
      return decodedFrom(bytes, charset) ?? word;
    },
  );
  return decodeSegment(words);
}

/** @returns undefined for another form, or an unknown charset */
function extendedName(text: string): string | undefined {
  const [, charset = '', value = ''] = EXTENDED.exec(text) ?? [];
  if (value === '' || /%(?![\da-f]{2})/i.test(value)) return undefined;
  const bytes = Buffer.from(
    value.replace(/%(..)/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
    'latin1',
  );
  return decodedFrom(bytes, charset === '' ? 'utf-8' : charset);
}

/** `_` is a space, `=E9` a byte. */
function quotedBytes(text: string): Buffer {
  const bytes = text
    .replaceAll('_', ' ')
    .replace(/=([\da-f]{2})/gi, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    );
  return Buffer.from(bytes, 'latin1');
}

/** @param charset one that browsers know, such as `windows-1251` or `gbk` */
function decodedFrom(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset.trim(), { fatal: true }).decode(bytes);
  } catch (error) {
    // RangeError: an unknown charset. TypeError: bytes that are invalid in it.
    if (error instanceof RangeError || error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Many servers send plain UTF-8, while header bytes are read as Latin-1. */
function asUtf8(text: string): string {
  if (!BYTES.test(text)) return text;
  try {
    return UTF8.decode(Buffer.from(text, 'latin1'));
  } catch (error) {
    if (error instanceof TypeError) return text;
    throw error;
  }
}
