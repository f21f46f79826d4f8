import type { Checksum, Row, RowDetails } from '../../model/item.ts';
import { BadValue } from '../bad-value.ts';
import { checkUrl } from '../check-url.ts';
import { parseChecksum } from '../parse-checksum.ts';

/** The options of an entry that count, and their effect. */
const OPTIONS: Readonly<Record<string, (entry: Aria2Entry, value: string) => void>> = {
  out: (entry, value) => entry.setName(value),
  dir: (entry, value) => entry.setDirectory(value),
  header: (entry, value) => entry.addHeader(value),
  referer: (entry, value) => entry.addHeader(`Referer: ${value}`),
  'user-agent': (entry, value) => entry.addHeader(`User-Agent: ${value}`),
  checksum: (entry, value) => entry.setChecksum(value),
};

/** One file of aria2's input file: a line of URIs, and the options below it. */
export class Aria2Entry {
  readonly #uris: readonly string[];
  #name: string | undefined;
  #directory: string | undefined;
  #checksum: Checksum | undefined;
  readonly #headers = new Map<string, readonly [name: string, value: string]>();

  /** @param line URIs of the same file, separated by tabs */
  constructor(line: string) {
    this.#uris = line
      .split('\t')
      .map((uri) => uri.trim())
      .filter((uri) => uri !== '');
  }

  /** The first of its URIs, good or bad. */
  get uri(): string {
    return this.#uris[0] ?? '';
  }

  /**
   * Applies an option.
   * @param option `name=value`
   * @returns false for an option that has no effect here
   * @throws BadValue if it is no option, or its value makes no sense
   */
  takeOption(option: string): boolean {
    const equals = option.indexOf('=');
    if (equals < 0) throw new BadValue('an indented line is an option, and should read name=value');
    const name = option.slice(0, equals).trim();
    if (!Object.hasOwn(OPTIONS, name)) return false;
    try {
      OPTIONS[name]?.(this, option.slice(equals + 1).trim());
      return true;
    } catch (error) {
      if (!(error instanceof BadValue)) throw error;
      throw new BadValue(error.message, equals + 1 + error.offset);
    }
  }

  setName(name: string): void {
    this.#name = name;
  }

  setDirectory(directory: string): void {
    this.#directory = directory;
  }

  setChecksum(checksum: string): void {
    this.#checksum = parseChecksum(checksum);
  }

  /** A header given more than once is one header with several values (RFC 9110, section 5.3). */
  addHeader(line: string): void {
    const [name, value] = parseHeader(line);
    const key = name.toLowerCase();
    const earlier = this.#headers.get(key);
    // RFC 6265, section 5.4: cookies have a separator of their own.
    const separator = key === 'cookie' ? '; ' : ', ';
    this.#headers.set(key, earlier ? [earlier[0], earlier[1] + separator + value] : [name, value]);
  }

  /**
   * The entry as a row. URIs that cannot be downloaded (ftp, magnet) are left out.
   * @throws BadValue for the first URI, if none can be downloaded
   */
  toRow(): Row {
    const [url, ...mirrors] = this.#uris.filter(isUsable);
    if (url === undefined) {
      checkUrl(this.uri);
      throw new BadValue('an entry without a URL');
    }
    return {
      url,
      ...this.#place(),
      mirrors: mirrors.length === 0 ? undefined : mirrors,
      headers: this.#headers.size === 0 ? undefined : Object.fromEntries(this.#headers.values()),
      checksum: this.#checksum,
    };
  }

  /** As in aria2, `out=a/2.iso` names a file in a directory below that of `dir`. */
  #place(): Pick<RowDetails, 'name' | 'directory'> {
    const out = this.#name;
    const end = out?.lastIndexOf('/') ?? -1;
    if (out === undefined || end < 0) return { name: out, directory: this.#directory };
    const below = out.slice(0, end);
    const directory = this.#directory === undefined ? below : `${this.#directory}/${below}`;
    return { name: out.slice(end + 1) || undefined, directory };
  }
}

function isUsable(uri: string): boolean {
  try {
    checkUrl(uri);
    return true;
  } catch (error) {
    if (error instanceof BadValue) return false;
    throw error;
  }
}

/** RFC 9110, sections 5.1 and 5.5: a token, and no control characters but the tab. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the control characters.
const BAD_IN_HEADER_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/;

/**
 * The name and the value of a header line, `Name: value`.
 * @throws BadValue that shows the name at most, as the value may be a secret
 */
export function parseHeader(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  const name = line.slice(0, colon).trim();
  const value = line.slice(colon + 1).trim();
  if (colon < 0 || !HEADER_NAME.test(name)) {
    throw new BadValue('this is not a header: it should read "Name: value"');
  }
  if (BAD_IN_HEADER_VALUE.test(value)) {
    throw new BadValue(`the value of the header "${name}" has characters that are not allowed`);
  }
  return [name, value];
}
