/**
 * Values that the library's own parsers check, and contents of files that options name. What is
 * wrong with them is said before the run starts, as a UsageError with the name of the option.
 */
import { isUtf8 } from 'node:buffer';
import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { RunSettings } from '../../download-options.ts';
import { AcceptedTypes } from '../../fetch/accepted-types.ts';
import { parseNetrc } from '../../fetch/auth/netrc.ts';
import { parseNetscapeCookies } from '../../fetch/cookies.ts';
import { HostOverrides, parseDnsServers } from '../../fetch/dns/dns-options.ts';
import { checkHeaders } from '../../fetch/headers.ts';
import type { Auth, ProxyOptions } from '../../fetch/http-options.ts';
import { Proxies, proxiesOf } from '../../fetch/proxy/proxies.ts';
import { certificatesIn, secureContextOf } from '../../fetch/transport/tls-client.ts';
import { withoutMark } from '../../model/byte-order-mark.ts';
import { messageOf } from '../../model/error-words.ts';
import { safeLine } from '../../model/safe-text.ts';
import { compileTemplate, TREE_TEMPLATE } from '../../save/names/name-template.ts';
import { sinkPlace } from '../../save/sinks/open-sink.ts';
import { addressOf, DEFAULT_REGION } from '../../storage/s3/s3-location.ts';
import { UsageError } from './values.ts';

/** What the entries of the option tables read their values with. */
export const read = {
  TREE_TEMPLATE,
  template,
  sinkDirectory,
  s3Endpoint,
  mediaTypes,
  headers,
  userAgent,
  cookies,
  proxy,
  dnsServers,
  hostAddresses,
  contentsOf,
  trustedCertificates,
  privateKey,
  login,
  loginFile,
  bearer,
  netrc,
  homeNetrc,
};

/**
 * A name that is that of a directory is an error here: each row would fail by it.
 * @param directory where the files go; undefined when they are not saved as files
 */
function template(text: string, directory: string | undefined): string {
  const path = join(directory ?? '', text);
  const isNamed = text !== '' && !text.includes('{');
  if (isNamed && (text.endsWith('/') || (directory !== undefined && isDirectory(path)))) {
    const [shown, place] = [safeLine(text.replace(/\/+$/, '')), safeLine(path)];
    throw new UsageError(
      `-o ${shown} is a directory: did you mean -d ${place}, or -o '${shown}/{name}'?`,
    );
  }
  check('--output TEMPLATE', () => compileTemplate(text));
  return text;
}

function s3Endpoint(url: string): string {
  check('--s3-endpoint URL', () =>
    addressOf({ bucket: 'bucket', prefix: '' }, url, DEFAULT_REGION),
  );
  return url;
}

/**
 * The directory of a run with `--sink`.
 * @param settings the others; the directory is that of `-d`, `.` when it was left out
 */
function sinkDirectory(where: string, settings: RunSettings): string {
  const { directory: given } = settings;
  const { kind, directory } = check('--sink WHERE', () => sinkPlace(where));
  const { names, useContentDisposition, onCollision } = settings;
  if (kind === 'tar' && (names ?? useContentDisposition ?? onCollision) !== undefined) {
    throw new UsageError(
      '--sink tar: names its samples itself: leave --output, --tree, --content-disposition and --on-collision out',
    );
  }
  if (directory === undefined) return given;
  if (given === '.' || resolve(given) === resolve(directory)) return directory;
  throw new UsageError(
    `--sink ${where} writes to ${directory}, its ledger too, and -d names ${given}: leave -d out`,
  );
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    // Nothing is there, or it is below a file: the run reports that.
    return false;
  }
}

function mediaTypes(types: readonly string[]): readonly string[] {
  check('--accept TYPE', () => new AcceptedTypes(types));
  return types;
}

/** Messages leave the value of a header out, since it may be a secret. */
function headers(lines: readonly string[]): Record<string, string> {
  const byName = Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([^:\s]+):\s*(.*)$/s.exec(line) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new UsageError('--header HEADER must be NAME: VALUE');
    }),
  );
  check('--header', () => checkHeaders(byName));
  return byName;
}

function userAgent(value: string): string {
  check('--user-agent', () => checkHeaders({ 'user-agent': value }));
  return value;
}

function bearer(token: string): Auth {
  check('--bearer', () => checkHeaders({ authorization: token }));
  return { type: 'bearer', token };
}

/** One proxy for everything, or those of the environment. */
function proxy(
  url: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ProxyOptions {
  if (url === undefined) return check('environment', () => proxiesOf(environment));
  const forAll = { http: url, https: url };
  check('--proxy URL', () => new Proxies(forAll));
  return forAll;
}

function dnsServers(addresses: readonly string[]): readonly string[] {
  check('--dns-server ADDRESS', () => parseDnsServers(addresses));
  return addresses;
}

function hostAddresses(values: readonly string[]): readonly string[] {
  check('--resolve HOST:PORT:ADDR', () => new HostOverrides(values));
  return values;
}

async function cookies(file: string): Promise<string> {
  const contents = await contentsOf(file, '--cookies FILE');
  check(`--cookies ${file}`, () => parseNetscapeCookies(contents));
  return contents;
}

async function netrc(file: string, option: string): Promise<string> {
  const contents = await contentsOf(file, `${option} FILE`);
  check(`${option} ${file}`, () => parseNetrc(contents));
  return contents;
}

/** The `.netrc` of the home directory. */
function homeNetrc(): Promise<string> {
  // A user without an entry in the system's list has no home directory.
  return netrc(join(check('--netrc', homedir), '.netrc'), '--netrc');
}

async function trustedCertificates(file: string): Promise<string> {
  const ca = await contentsOf(file, '--cacert FILE');
  // Without the certificates trusted by default: reading those takes 8 ms, and the run does it.
  check(`--cacert ${file}`, () => certificatesIn(ca));
  return ca;
}

/** @param cert the client certificate that the key belongs to */
async function privateKey(
  file: string | undefined,
  cert: string | undefined,
): Promise<string | undefined> {
  if ((file === undefined) !== (cert === undefined)) {
    const keys = cert === undefined ? '; what identifies a row is path or url-without-query' : '';
    throw new UsageError(`--cert and --key go together${keys}`);
  }
  if (file === undefined) return undefined;
  const key = await contentsOf(file, '--key FILE');
  check('--cert and --key', () => secureContextOf({ cert, key }));
  return key;
}

/** @param option its name for messages */
async function contentsOf(file: string, option: string): Promise<string> {
  try {
    const contents = await readFile(file);
    // Older programs write Latin-1.
    return contents.toString(isUtf8(contents) ? 'utf8' : 'latin1');
  } catch (cause) {
    throw new UsageError(`${option} cannot be read: ${messageOf(cause)}`, { cause });
  }
}

/** Parses a value that the run would break over. @throws UsageError */
function check<T>(option: string, parse: () => T): T {
  try {
    return parse();
  } catch (cause) {
    throw new UsageError(`${option}: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Reads the value of `--user`: `USER:PASSWORD`, or a user whose password is asked for.
 * @throws UsageError
 */
export async function login(value: string, ask = askPassword): Promise<Auth> {
  return loginIn(value) ?? { type: 'basic', username: value, password: await ask(value) };
}

/**
 * Reads the file of `--user-file`: `USER:PASSWORD` in its first line. Warns on stderr when other
 * users of the machine may read it.
 * @throws UsageError whose message shows nothing of the contents
 */
export async function loginFile(path: string): Promise<Auth> {
  let text: string;
  let mode: number;
  try {
    text = await readFile(path, 'utf8');
    ({ mode } = await stat(path));
  } catch (cause) {
    throw new UsageError(`--user-file FILE cannot be read: ${messageOf(cause)}`, { cause });
  }
  const [line = ''] = withoutMark(text).split(/\r?\n/, 1);
  const found = loginIn(line);
  if (found === undefined) {
    throw new UsageError(`--user-file ${path}: its first line must be USER:PASSWORD`);
  }
  if (process.platform !== 'win32' && (mode & READABLE_BY_OTHERS) !== 0) {
    process.stderr.write(`flaghoist: other users may read ${path}: chmod 600 keeps it to you\n`);
  }
  return found;
}

/** The permission to read, for the group and for all (chmod(2)). */
const READABLE_BY_OTHERS = 0o044;

function loginIn(text: string): Auth | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { type: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Where a password is asked for. */
export interface PasswordTerminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Asks for the password of `--user` on the terminal, which does not show it.
 * @throws UsageError where there is no terminal, or at the end of input
 */
export async function askPassword(
  user: string,
  { input, output }: PasswordTerminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  if (input.isTTY !== true || output.isTTY !== true) {
    throw new UsageError(
      '--user USER has no password and there is no terminal to ask on: give --user USER:PASSWORD, --user-file or --netrc',
    );
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  // Only now does the terminal show nothing: what the user types ahead must not appear.
  output.write(`Password for ${safeLine(user)}: `);
  try {
    const password = await answerTo(reader);
    if (password === undefined) throw new UsageError('no password was given for --user USER');
    return password;
  } finally {
    reader.close();
    output.write('\n');
  }
}

/** @returns undefined at the end of input (Ctrl-D) */
function answerTo(reader: ReturnType<typeof createInterface>): Promise<string | undefined> {
  return new Promise((resolve) => {
    reader.once('line', resolve);
    reader.once('close', () => resolve(undefined));
    // While the password is typed, Ctrl-C is a character and sends no signal.
    reader.once('SIGINT', () => {
      reader.close();
      process.kill(process.pid, 'SIGINT');
    });
  });
}
