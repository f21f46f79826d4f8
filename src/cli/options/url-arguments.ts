import { type Stats, statSync } from 'node:fs';
import { isIP } from 'node:net';
import { printable } from '../../model/safe-text.ts';
import { withoutCredentials } from '../../model/without-credentials.ts';
import { BadValue } from '../../source/bad-value.ts';
import { checkUrl } from '../../source/check-url.ts';
import { expandPattern } from '../../source/expand-pattern.ts';
import { UsageError } from './values.ts';

/** The URLs of a command line. */
export interface GivenUrls {
  /** The URLs, each with a scheme. */
  readonly urls: readonly string[];
  /** One line for each that was completed. */
  readonly notes: readonly string[];
}

/** Looks up what is at a path. */
type Look = (path: string) => Pick<Stats, 'isFile' | 'isDirectory'> | undefined;

function statsOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Options of the program itself, and no arguments at all. */
const NO_COMMAND: readonly unknown[] = [undefined, '-h', '--help', '-V', '--version', 'help'];

/**
 * The arguments with `get` before them, where they begin with an option or a URL.
 * @param commands the names of all commands
 */
export function withCommand(
  args: readonly string[],
  commands: readonly string[],
  look: Look = statsOf,
): readonly string[] {
  const [first] = args;
  if (first === undefined || NO_COMMAND.includes(first) || commands.includes(first)) return args;
  return first.startsWith('-') || looksLikeUrl(first, look) ? ['get', ...args] : args;
}

/**
 * Checks the URLs of a command line before anything is done. One without a scheme gets one where it looks
 * like a host.
 *
 * @param expand whether they are patterns
 * @throws UsageError for the first that cannot be meant as a URL, and for a file in the place of one
 */
export function readUrls(
  given: readonly string[],
  expand: boolean,
  look: Look = statsOf,
): GivenUrls {
  const notes: string[] = [];
  const urls = given.map((text) => {
    const url = withScheme(text, look);
    if (url !== text) notes.push(`${shown(text)} is taken as ${shown(url)}`);
    check(url, expand);
    return url;
  });
  return { urls, notes };
}

/** Whether an argument can only be meant as something to download, not as a command. */
export function looksLikeUrl(text: string, look: Look): boolean {
  // A command is not empty, as an unset variable of a shell is, and has no slash or colon.
  if (text.trim() === '' || /[/:]/.test(text)) return true;
  return hostIn(text) !== undefined || lookAt(text, look)?.isFile() === true;
}

function withScheme(text: string, look: Look): string {
  if (/^https?:/i.test(text)) return text;
  checkNoFile(text, look);
  const host = hostIn(text);
  if (host === undefined) return text;
  return `${isLocal(host) ? 'http' : 'https'}://${text.replace(/^\/\//, '')}`;
}

/** @throws UsageError when a file or a directory has that name */
function checkNoFile(text: string, look: Look): void {
  if (text === '-') throw new UsageError('- is no URL: did you mean -i -, a list on stdin?');
  const path = text.replace(/^file:\/\//i, '');
  const found = lookAt(path, look);
  if (found?.isFile()) {
    const other = hostIn(text) === undefined ? '' : `, or https://${shown(text)}`;
    const several = LIST_IN_PARTS.test(path) ? ` Several: -i for each, or -i 'DIR/*.parquet'` : '';
    const meant = `did you mean -i ${shown(path)}${other}?`;
    throw new UsageError(`${shown(text)} is a file: ${meant}${several}`);
  }
  if (found?.isDirectory() && hostIn(text) === undefined) {
    throw new UsageError(
      `${shown(text)} is a directory: did you mean flaghoist status ${shown(path)}, or -d?`,
    );
  }
}

function lookAt(path: string, look: Look): ReturnType<Look> {
  try {
    return look(path);
  } catch {
    // A name that is too long, or below a file: no such file.
    return undefined;
  }
}

/** A table is often in several files, which a shell puts on the command line. */
const LIST_IN_PARTS = /\.(?:parquet|parq|pq)$/i;

/** A host, with a port if there is one, and the character after it. */
const HOST =
  /^(?:\/\/)?(?:[^/?#@\s]*@)?(\[[\da-f:.]+\]|[\p{L}\p{N}_-]+(?:\.[\p{L}\p{N}_-]+)*\.?)(:\d{1,5})?(?:[/?#]|$)/iu;

/** URLs that have no `//`. What follows may look like a user and a host. */
const OTHER_SCHEME = /^(?:mailto|magnet|data|news|urn|javascript|tel):/i;

/** Endings of files, not of hosts. */
const FILE_ENDING =
  /\.(?:txt|csv|tsv|json|jsonl|ndjson|aria2|lst|list|urls|gz|xml|html?|parquet|xlsx?|md|log|jpe?g|png|gif|pdf|iso|tar)$/i;

/** `example.com:8080` at the start of the text; undefined where no host is meant. */
function hostIn(text: string): { name: string; port: string | undefined } | undefined {
  const [whole, name = '', port] = HOST.exec(text) ?? [];
  if (whole === undefined || OTHER_SCHEME.test(text)) return undefined;
  const isNamed = /\.\p{L}[\p{L}\p{N}-]*\.?$/u.test(name);
  const isHost = isNamed || isAddress(name) || /^localhost$/i.test(name) || port !== undefined;
  // `lsit.txt` is a file that is not there.
  if (!isHost || (whole === text && port === undefined && FILE_ENDING.test(name))) return undefined;
  return { name, port };
}

function isAddress(name: string): boolean {
  return isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0;
}

/** Servers on this machine, and at ports of their own, mostly speak plain HTTP. */
function isLocal({ name, port }: { name: string; port: string | undefined }): boolean {
  if (port !== undefined) return port !== ':443';
  return isAddress(name) || /(?:^|\.)localhost$/i.test(name);
}

/** Schemes as they are mistyped. */
const MISTYPED = /^(?:h+t+p+(s?)|(?:ht|tt|th|hp)+p*(s?)):?\/+/i;

function check(url: string, expand: boolean): void {
  try {
    for (const one of expand ? expandPattern(url) : [url]) {
      checkUrl(one);
      break;
    }
  } catch (error) {
    if (!(error instanceof BadValue)) throw error;
    const hint = expand ? '' : suggestion(url);
    throw new UsageError(`${error.message}${hint}`, { cause: error });
  }
  if (!expand && PATTERN.test(url)) {
    throw new UsageError(
      `${shown(url)} looks like a pattern: add --expand, or write %5B %5D %7B %7D for [ ] { }`,
    );
  }
}

/** What {@link expandPattern} would expand, and hardly any URL has otherwise. */
const PATTERN = /\[(?:\d+-\d+|[a-z]-[a-z]|[A-Z]-[A-Z])(?::\d+)?\]|\{[^{}[\]\s]*,[^{}[\]\s]*\}/;

function suggestion(url: string): string {
  if (/^https?:\/\//i.test(url)) return '';
  const [start, ...secure] = MISTYPED.exec(url) ?? [];
  if (start === undefined) return '';
  const scheme = secure.some((letter) => letter) ? 'https' : 'http';
  return `; did you mean ${scheme}://${shown(url.slice(start.length))}?`;
}

function shown(text: string): string {
  return printable(withoutCredentials(text));
}
