import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { httpOptionsOf } from '../../../src/cli/options/get-http.ts';
import type { GetOptions } from '../../../src/cli/options/get-options.ts';
import { UsageError } from '../../../src/cli/options/usage-error.ts';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const OPTIONS: GetOptions = {
  directory: '.',
  onCollision: 'fail',
  maxRequests: 1,
  tries: 1,
  retryMaxWait: 1,
  ledger: true,
  connectTimeout: 1,
  firstByteTimeout: 2,
  idleTimeout: 3,
  maxRedirects: 4,
};

function optionsOf(options: Partial<GetOptions>, environment: Record<string, string> = {}) {
  return httpOptionsOf({ ...OPTIONS, ...options }, environment);
}

test('httpOptionsOf: what is given as it is', async () => {
  const http = await optionsOf({ maxSize: 5, lowestSpeed: 6, userAgent: 'me' });
  assert.deepEqual(http.deadlines, { connect: 1, firstByte: 2, idle: 3 });
  const { maxRedirects, maxSize, lowestSpeed, userAgent, decode } = http;
  assert.deepEqual([maxRedirects, maxSize, lowestSpeed, userAgent, decode], [4, 5, 6, 'me', true]);
  assert.equal((await optionsOf({ raw: true })).decode, false);
});

test('httpOptionsOf: headers, the last of one name counts', async () => {
  const header = ['Accept: image/*', 'X-Empty:', 'a:  b: c', 'a: d'];
  const { headers } = await optionsOf({ header });
  assert.deepEqual(headers, { Accept: 'image/*', 'X-Empty': '', a: 'd' });
});

test('httpOptionsOf: who asks', async () => {
  const auth = async (options: Partial<GetOptions>) => (await optionsOf(options)).auth;
  assert.equal(await auth({}), undefined);
  assert.deepEqual(await auth({ user: 'ann:a:b' }), {
    type: 'basic',
    username: 'ann',
    password: 'a:b',
  });
  assert.deepEqual(await auth({ user: ':' }), { type: 'basic', username: '', password: '' });
  assert.deepEqual(await auth({ bearer: 't' }), { type: 'bearer', token: 't' });
});

test('httpOptionsOf: a proxy for everything, or those of the environment', async () => {
  const environment = { http_proxy: 'http://env:1', no_proxy: 'x' };
  const given = await optionsOf({ proxy: 'http://p:8080' }, environment);
  assert.deepEqual(given.proxy, { http: 'http://p:8080', https: 'http://p:8080' });
  const fromEnvironment = await optionsOf({}, environment);
  assert.equal(fromEnvironment.proxy?.http, 'http://env:1');
  assert.equal(fromEnvironment.proxy?.except, 'x');
});

test('httpOptionsOf: contents of files', async (t) => {
  const directory = await temporaryDirectory(t);
  const netrc = join(directory, 'netrc');
  const cookies = join(directory, 'cookies');
  await writeFile(netrc, 'machine h login a password b\n');
  await writeFile(cookies, 'h\tFALSE\t/\tFALSE\t0\ta\tb\n');
  const http = await optionsOf({ netrcFile: netrc, cookies });
  assert.equal(http.netrc, 'machine h login a password b\n');
  assert.equal(http.cookies, 'h\tFALSE\t/\tFALSE\t0\ta\tb\n');
  // What it lets through, the client takes.
  await new HttpClient({ ...http, maxConnections: 1 })[Symbol.asyncDispose]();
});

test('httpOptionsOf: name servers and addresses of hosts, in the order given', async () => {
  const given = { dnsServer: ['1.1.1.1,::1', '8.8.8.8:53'], resolve: ['*:80:::1', '-*:80'] };
  const { dns } = await optionsOf(given);
  assert.deepEqual(dns, { servers: given.dnsServer, resolve: given.resolve });
  assert.deepEqual((await optionsOf({})).dns, { servers: [], resolve: [] });
});

const NO_PROXY =
  'a proxy must be an http://, https://, socks4://, socks4a://, socks5:// or socks5h:// URL with a host';

for (const [options, said] of [
  [{ userFile: 'FILE' }, '--user-file FILE: its first line must be USER:PASSWORD'],
  [{ user: 'a:b', userFile: 'FILE' }, '--user and --user-file exclude each other'],
  [{ user: 'a:b', bearer: 't' }, '--user and --bearer exclude each other'],
  [{ header: ['s3cret'] }, '--header H must be NAME: VALUE'],
  [
    { header: ['a: s3cret\nb: c'] },
    '--header: the header "a" cannot be sent: its value has characters that are not allowed',
  ],
  [
    { header: ['Transfer-Encoding: chunked'] },
    '--header: the header "Transfer-Encoding" cannot be sent: it is about the connection, not the file',
  ],
  [
    { bearer: 's3cret\n' },
    '--bearer: the header "authorization" cannot be sent: its value has characters that are not allowed',
  ],
  [
    { userAgent: 'a\nb' },
    '--user-agent: the header "user-agent" cannot be sent: its value has characters that are not allowed',
  ],
  [{ proxy: 'ftp://p' }, `--proxy URL: ${NO_PROXY}`],
  [{ proxy: 'socks5://' }, `--proxy URL: ${NO_PROXY}`],
  [
    { dnsServer: ['1.1.1.1', 'dns.example'] },
    "--dns-server ADDR: 'dns.example' is not the IP address of a name server, such as 1.1.1.1, 1.1.1.1:53 or [::1]:53",
  ],
  [
    { resolve: ['a:80'] },
    "--resolve HOST:PORT:ADDR: 'a:80' is not HOST:PORT:ADDR[,ADDR]…, such as example.com:443:127.0.0.1",
  ],
  [{ cert: 'FILE' }, '--cert and --key go together'],
  [{ key: 'FILE' }, '--cert and --key go together'],
  [{ netrcFile: 'FILE' }, '--netrc-file FILE: line 1: "machine" or "default" comes first'],
  [{ cookies: 'FILE' }, '--cookies FILE: line 1: not a cookie of seven fields between tabs'],
  [{ cacert: 'FILE' }, '--cacert FILE: it contains no certificate'],
] as const) {
  test(`httpOptionsOf: ${JSON.stringify(options)} is wrong usage, and shows no secret`, async (t) => {
    const file = join(await temporaryDirectory(t), 'file');
    await writeFile(file, 's3cret\n');
    const entries = Object.entries(options).map(([name, value]) => {
      return [name, value === 'FILE' ? file : value];
    });
    const error = await optionsOf(Object.fromEntries(entries)).catch((thrown) => thrown);
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.message.replaceAll(file, 'FILE'), said);
  });
}

test('httpOptionsOf: a certificate or a key that is none is wrong usage', async (t) => {
  const file = join(await temporaryDirectory(t), 'file');
  await writeFile(file, 'none\n');
  await assert.rejects(optionsOf({ cert: file, key: file }), (error) => {
    assert.ok(error instanceof UsageError);
    assert.ok(error.message.startsWith(`--cert ${file}, --key ${file}: `));
    return true;
  });
});

for (const [option, flag] of [
  ['netrcFile', '--netrc-file'],
  ['cookies', '--cookies'],
  ['cacert', '--cacert'],
] as const) {
  test(`httpOptionsOf: a file for ${flag} that is not there is wrong usage`, async () => {
    await assert.rejects(optionsOf({ [option]: '/no/such/file' }), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(error.message, new RegExp(`^${flag} FILE cannot be read: ENOENT`));
      return true;
    });
  });
}
