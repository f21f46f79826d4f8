/**
 * Values that the library's own parsers check, and contents of files that options name. What is
 * wrong with them is said before the run starts, as a UsageError with the name of the option.
 */
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AcceptedTypes } from '../../fetch/accepted-types.ts';
import { parseNetrc } from '../../fetch/auth/netrc.ts';
import { parseNetscapeCookies } from '../../fetch/cookies.ts';
import { HostOverrides, parseDnsServers } from '../../fetch/dns/dns-options.ts';
import { checkHeaders } from '../../fetch/headers.ts';
import type { Auth, ProxyOptions } from '../../fetch/http-options.ts';
import { Proxies, proxiesOf } from '../../fetch/proxy/proxies.ts';
import { certificatesIn, secureContextOf } from '../../fetch/transport/tls-client.ts';
import { messageOf } from '../../model/failure.ts';
import { compileTemplate, TREE_TEMPLATE } from '../../save/names/name-template.ts';
import { login, loginFile } from './password.ts';
import { UsageError } from './values.ts';

/** What the entries of the option tables read their values with. */
export const read = {
  TREE_TEMPLATE,
  template,
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

function template(text: string): string {
  check('--output TEMPLATE', () => compileTemplate(text));
  return text;
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
    throw new UsageError('--cert and --key go together');
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
