import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  downloadOptionsOf,
  GET_OPTIONS,
  parseGetOptions,
} from '../../../src/cli/options/get-options.ts';
import { read } from '../../../src/cli/options/read-values.ts';
import { UsageError } from '../../../src/cli/options/values.ts';
import type { DownloadOptions } from '../../../src/download-options.ts';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { DEADLINES } from '../../../src/model/options.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** What these arguments of `flaghoist get` mean for the library. */
function settingsOf(
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<DownloadOptions> {
  return downloadOptionsOf(parseGetOptions(args), { environment, arguments: ['get', 'x'], read });
}

test('downloadOptionsOf: without options, the defaults of the command', async () => {
  const settings = await settingsOf([]);
  const { directory, decode, deadlines, ledger, fileTimes, proxy, dns, headers } = settings;
  assert.deepEqual(
    { directory, decode, deadlines, ledger, fileTimes, proxy, dns, headers },
    {
      directory: '.',
      decode: true,
      deadlines: DEADLINES,
      ledger: ['get', 'x'],
      fileTimes: true,
      proxy: { http: undefined, https: undefined, except: undefined },
      dns: { servers: [], resolve: [] },
      headers: {},
    },
  );
});

for (const [args, expected] of [
  [['-d', 'files'], { directory: 'files' }],
  [['-o', '{name}'], { names: '{name}' }],
  [['--tree'], { names: read.TREE_TEMPLATE }],
  [['--content-disposition'], { useContentDisposition: true }],
  [['--on-collision', 'skip'], { onCollision: 'skip' }],
  [['--max-size', '5k', '--min-size', '1'], { maxSize: 5_000, minSize: 1 }],
  [['--accept', 'image/png', '--accept', 'image/gif'], { accept: ['image/png', 'image/gif'] }],
  [['--no-file-times'], { fileTimes: false }],
  [['--digest'], { digest: true }],
  [['--dedupe'], { dedupe: true }],
  [['--robots', '--respect', 'noai,noindex'], { robots: true, respect: ['noai', 'noindex'] }],
  [['--respect', 'noai', '--respect', 'noindex'], { respect: ['noai', 'noindex'] }],
  [['--sink', 'tar:a', '--shard-size', '9'], { sink: 'tar:a', directory: 'a', shardSize: 9 }],
  [['--caption-column', 'c', '--sink', 'tar:a'], { captionColumn: 'c', directory: 'a' }],
  [['-m', '3', '--per-host', '2'], { maxRequests: 3, maxRequestsPerOrigin: 2 }],
  [['-m', 'auto'], { maxRequests: 'auto' }],
  [['--rate', '120/min', '--bandwidth', '1k'], { requestRate: 2, bandwidth: 1000 }],
  [['--segments', '4'], { segments: 4 }],
  [['--tries', '2', '--retry-max-wait', '5s'], { tries: 2, retryMaxWait: 5_000 }],
  [['--newer'], { newer: true }],
  [['--no-ledger'], { ledger: false }],
  [
    ['--connect-timeout', '1', '--first-byte-timeout', '2', '--idle-timeout', '3'],
    { deadlines: { connect: 1_000, firstByte: 2_000, idle: 3_000 } },
  ],
  [['--row-timeout', '1m', '--lowest-speed', '6'], { rowTimeout: 60_000, lowestSpeed: 6 }],
  [['-A', 'me'], { userAgent: 'me' }],
  [['--deny-private', '--raw'], { denyPrivate: true, decode: false }],
  [['--max-redirects', '0'], { maxRedirects: 0 }],
  // The last header of a name counts.
  [
    ['-H', 'Accept: image/*', '-H', 'X-Empty:', '-H', 'a:  b: c', '-H', 'a: d'],
    { headers: { Accept: 'image/*', 'X-Empty': '', a: 'd' } },
  ],
  [['-u', 'ann:a:b'], { auth: { type: 'basic', username: 'ann', password: 'a:b' } }],
  [['-u', ':'], { auth: { type: 'basic', username: '', password: '' } }],
  [['-u', 'ann', '--dry-run'], { auth: undefined }],
  [['--bearer', 't'], { auth: { type: 'bearer', token: 't' } }],
  [
    ['--dns-server', '1.1.1.1,::1', '--dns-server', '8.8.8.8:53', '--resolve', '*:80:::1'],
    { dns: { servers: ['1.1.1.1,::1', '8.8.8.8:53'], resolve: ['*:80:::1'] } },
  ],
] as const) {
  test(`downloadOptionsOf: ${args.join(' ')}`, async () => {
    const settings: Partial<DownloadOptions> = await settingsOf(args);
    const keys = Object.keys(expected) as (keyof DownloadOptions)[];
    const actual = Object.fromEntries(keys.map((key) => [key, settings[key]]));
    assert.deepEqual(actual, expected);
  });
}

test('downloadOptionsOf: one proxy for everything, or those of the environment', async () => {
  const environment = { http_proxy: 'http://env:1', no_proxy: 'x' };
  const given = await settingsOf(['--proxy', 'http://p:8080'], environment);
  assert.deepEqual(given.proxy, { http: 'http://p:8080', https: 'http://p:8080' });
  const fromEnvironment = await settingsOf([], environment);
  assert.equal(fromEnvironment.proxy?.http, 'http://env:1');
  assert.equal(fromEnvironment.proxy?.except, 'x');
});

test('downloadOptionsOf: contents of files', async (t) => {
  const directory = await temporaryDirectory(t);
  const netrc = join(directory, 'netrc');
  const cookies = join(directory, 'cookies');
  await writeFile(netrc, 'machine h login a password b\n');
  await writeFile(cookies, 'h\tFALSE\t/\tFALSE\t0\ta\tb\n');
  // --netrc has no say beside --netrc-file.
  const http = await settingsOf(['--netrc', '--netrc-file', netrc, '--cookies', cookies]);
  assert.equal(http.netrc, 'machine h login a password b\n');
  assert.equal(http.cookies, 'h\tFALSE\t/\tFALSE\t0\ta\tb\n');
  // The client accepts what has passed the checks of the command.
  await new HttpClient(http, { maxConnections: 1 })[Symbol.asyncDispose]();
});

const NO_PROXY =
  'a proxy must be an http://, https://, socks4://, socks4a://, socks5:// or socks5h:// URL with a host';

for (const [args, said] of [
  [['--user-file', 'FILE'], '--user-file FILE: its first line must be USER:PASSWORD'],
  [['--user', 'a:b', '--user-file', 'FILE'], '--user and --user-file exclude each other'],
  [['--user', 'a:b', '--bearer', 't'], '--user and --bearer exclude each other'],
  [['--user-file', 'FILE', '--bearer', 't'], '--user-file and --bearer exclude each other'],
  [['-H', 's3cret'], '--header HEADER must be NAME: VALUE'],
  [
    ['-H', 'a: s3cret\nb: c'],
    '--header: the header "a" cannot be sent: its value has characters that are not allowed',
  ],
  [
    ['-H', 'Transfer-Encoding: chunked'],
    '--header: the header "Transfer-Encoding" cannot be sent: it is about the connection, not the file',
  ],
  [
    ['--bearer', 's3cret\n'],
    '--bearer: the header "authorization" cannot be sent: its value has characters that are not allowed',
  ],
  [
    ['--user-agent', 'a\nb'],
    '--user-agent: the header "user-agent" cannot be sent: its value has characters that are not allowed',
  ],
  [['--proxy', 'ftp://p'], `--proxy URL: ${NO_PROXY}`],
  [['--proxy', 'socks5://'], `--proxy URL: ${NO_PROXY}`],
  [
    ['--dns-server', '1.1.1.1', '--dns-server', 'dns.example'],
    "--dns-server ADDRESS: 'dns.example' is not the IP address of a name server, such as 1.1.1.1, 1.1.1.1:53 or [::1]:53",
  ],
  [
    ['--resolve', 'a:80'],
    "--resolve HOST:PORT:ADDR: 'a:80' is not HOST:PORT:ADDR[,ADDR]…, such as example.com:443:127.0.0.1",
  ],
  [['--cert', 'FILE'], '--cert and --key go together'],
  [
    ['--key', 'FILE'],
    '--cert and --key go together; what identifies a row is path or url-without-query',
  ],
  [['--netrc-file', 'FILE'], '--netrc-file FILE: line 1: "machine" or "default" comes first'],
  [['--cookies', 'FILE'], '--cookies FILE: line 1: not a cookie of seven fields between tabs'],
  [['--cacert', 'FILE'], '--cacert FILE: no certificate found'],
  [
    ['--s3-endpoint', 'https://s3.example', '--sink', 'tar:DIR'],
    '--s3-endpoint URL is for S3: --sink s3://BUCKET/PREFIX',
  ],
  [['--dry-run', '--json'], '--dry-run and --json exclude each other'],
  [['--dry-run', '--progress', 'json'], '--dry-run and --progress exclude each other'],
  [
    ['--min-size', '5k', '--max-size', '4k'],
    '--min-size is more than --max-size: no file would be saved',
  ],
] as const) {
  test(`downloadOptionsOf: ${JSON.stringify(args)} is wrong usage, and the message shows no secret`, async (t) => {
    const file = join(await temporaryDirectory(t), 'file');
    await writeFile(file, 's3cret\n');
    const filled = args.map((arg) => (arg === 'FILE' ? file : arg));
    const error = await settingsOf(filled).catch((thrown) => thrown);
    assert.ok(error instanceof UsageError, String(error));
    assert.equal(error.message.replaceAll(file, 'FILE'), said);
  });
}

test('downloadOptionsOf: a password is asked for after everything else was checked', async () => {
  const { user } = GET_OPTIONS;
  assert.equal(user.isSetLast, true);
  await assert.rejects(
    settingsOf(['--user', 'ann', '--netrc-file', '/no/such/file', '--accept', 'x']),
    /^UsageError: --accept TYPE: /,
  );
});

test('downloadOptionsOf: a file that is no certificate is wrong usage', async (t) => {
  const file = join(await temporaryDirectory(t), 'file');
  await writeFile(file, 'none\n');
  await assert.rejects(settingsOf(['--cert', file, '--key', file]), (error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.message, /^--cert and --key: /);
    return true;
  });
});

for (const flag of ['--netrc-file', '--cookies', '--cacert', '--user-file', '--cert']) {
  test(`downloadOptionsOf: a missing file for ${flag} is wrong usage`, async () => {
    await assert.rejects(settingsOf([flag, '/no/such/file']), (error) => {
      assert.ok(error instanceof UsageError);
      assert.match(
        error.message,
        new RegExp(`^${flag} FILE cannot be read: there is no such file`),
      );
      return true;
    });
  });
}
