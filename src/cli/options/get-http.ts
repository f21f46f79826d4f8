import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { AcceptedTypes } from '../../fetch/accepted-types.ts';
import { parseNetrc } from '../../fetch/auth/netrc.ts';
import { parseNetscapeCookies } from '../../fetch/cookies.ts';
import { HostOverrides, parseDnsServers } from '../../fetch/dns/dns-options.ts';
import { checkHeaders } from '../../fetch/headers.ts';
import type {
  Auth,
  DnsOptions,
  HttpOptions,
  ProxyOptions,
  TlsOptions,
} from '../../fetch/http-options.ts';
import { Proxies, proxiesOf } from '../../fetch/proxy/proxies.ts';
import { certificatesIn, secureContextOf } from '../../fetch/transport/tls-client.ts';
import { messageOf } from '../../model/failure.ts';
import type { GetOptions } from './get-options.ts';
import { UsageError } from './usage-error.ts';
import { userFile, userOption } from './user-option.ts';

/**
 * How `flaghoist get` is to speak HTTP: reads the files that its options name.
 * @throws UsageError for a file that cannot be read, or a value that makes no sense
 */
export async function httpOptionsOf(
  options: GetOptions,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Omit<HttpOptions, 'maxConnections'>> {
  const { connectTimeout: connect, firstByteTimeout: firstByte, idleTimeout: idle } = options;
  return {
    userAgent: userAgentOf(options.userAgent),
    headers: headersOf(options.header ?? []),
    netrc: await netrcOf(options),
    cookies: await cookiesOf(options.cookies),
    proxy: proxyOf(options.proxy, environment),
    tls: await tlsOf(options),
    dns: dnsOf(options),
    denyPrivate: options.denyPrivate,
    decode: options.raw !== true,
    maxRedirects: options.maxRedirects,
    deadlines: { connect, firstByte, idle },
    lowestSpeed: options.lowestSpeed,
    maxSize: options.maxSize,
    minSize: options.minSize,
    accept: acceptOf(options.accept),
    // Last: it may ask for a password, and what is wrong with the other options is said before.
    auth: await authOf(options),
  };
}

function userAgentOf(value: string | undefined): string | undefined {
  if (value !== undefined)
    mustMakeSense('--user-agent', () => checkHeaders({ 'user-agent': value }));
  return value;
}

function acceptOf(types: readonly string[] | undefined): readonly string[] | undefined {
  if (types !== undefined) mustMakeSense('--accept TYPE', () => new AcceptedTypes(types));
  return types;
}

/** What is wrong with one is said without its value, which may be a secret. */
function headersOf(lines: readonly string[]): Record<string, string> {
  const headers = Object.fromEntries(
    lines.map((line) => {
      const [, name, value] = /^([^:\s]+):\s*(.*)$/s.exec(line) ?? [];
      if (name !== undefined && value !== undefined) return [name, value];
      throw new UsageError('--header H must be NAME: VALUE');
    }),
  );
  mustMakeSense('--header', () => checkHeaders(headers));
  return headers;
}

async function authOf(options: GetOptions): Promise<Auth | undefined> {
  const { user, userFile: file, bearer, dryRun } = options;
  const given = { '--user': user, '--user-file': file, '--bearer': bearer };
  const [one, other] = Object.entries(given).flatMap(([name, value]) =>
    value === undefined ? [] : name,
  );
  if (other !== undefined) throw new UsageError(`${one} and ${other} exclude each other`);
  if (bearer !== undefined) {
    mustMakeSense('--bearer', () => checkHeaders({ authorization: bearer }));
    return { type: 'bearer', token: bearer };
  }
  if (file !== undefined) return { type: 'basic', ...(await userFile(file)) };
  // A run that asks no server needs no password.
  if (user === undefined || dryRun) return undefined;
  return { type: 'basic', ...(await userOption(user)) };
}

async function netrcOf({ netrc, netrcFile }: GetOptions): Promise<string | undefined> {
  // Without a home directory there is no file to look into.
  const ofUser = () => join(mustMakeSense('--netrc', homedir), '.netrc');
  const file = netrcFile ?? (netrc === true ? ofUser() : undefined);
  const option = netrcFile === undefined ? '--netrc' : '--netrc-file';
  const contents = await contentsOf(file, netrcFile === undefined ? option : `${option} FILE`);
  if (contents !== undefined) mustMakeSense(`${option} ${file}`, () => parseNetrc(contents));
  return contents;
}

async function cookiesOf(path: string | undefined): Promise<string | undefined> {
  const cookies = await contentsOf(path, '--cookies FILE');
  if (cookies !== undefined)
    mustMakeSense(`--cookies ${path}`, () => parseNetscapeCookies(cookies));
  return cookies;
}

function proxyOf(
  url: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): ProxyOptions {
  if (url === undefined) return mustMakeSense('environment', () => proxiesOf(environment));
  const proxy = { http: url, https: url };
  mustMakeSense('--proxy URL', () => new Proxies(proxy));
  return proxy;
}

function dnsOf({ dnsServer = [], resolve = [] }: GetOptions): DnsOptions {
  mustMakeSense('--dns-server ADDR', () => parseDnsServers(dnsServer));
  mustMakeSense('--resolve HOST:PORT:ADDR', () => new HostOverrides(resolve));
  return { servers: dnsServer, resolve };
}

async function tlsOf({ cacert, cert, key }: GetOptions): Promise<TlsOptions | undefined> {
  if (cacert === undefined && cert === undefined && key === undefined) return undefined;
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('--cert and --key go together');
  }
  const tls = {
    ca: await contentsOf(cacert, '--cacert FILE'),
    cert: await contentsOf(cert, '--cert FILE'),
    key: await contentsOf(key, '--key FILE'),
  };
  const { ca } = tls;
  // Without all that is trusted by default: to read that takes 8 ms, and the run does it.
  if (ca !== undefined) mustMakeSense(`--cacert ${cacert}`, () => certificatesIn(ca));
  mustMakeSense(`--cert ${cert}, --key ${key}`, () => secureContextOf({ ...tls, ca: undefined }));
  return tls;
}

/** Has a value read before the run, which would break over it. @throws UsageError */
function mustMakeSense<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new UsageError(`${option}: ${messageOf(cause)}`, { cause });
  }
}

async function contentsOf(path: string | undefined, option: string): Promise<string | undefined> {
  if (path === undefined) return undefined;
  try {
    const contents = await readFile(path);
    // Old files are of one byte for each character.
    return contents.toString(isUtf8(contents) ? 'utf8' : 'latin1');
  } catch (cause) {
    throw new UsageError(`${option} cannot be read: ${messageOf(cause)}`, { cause });
  }
}
