/** Each secret that a run may have, and each place where it must not appear. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { selfSigned } from '../support/certificates.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveHttp } from '../support/tiny-server.ts';
import { until } from './get-support.ts';
import { contentsOfLedger } from './ledger-directory.ts';
import { finished, runFlaghoistIn, startFlaghoistIn } from './run-flaghoist.ts';

const SECRET = 's3cr3t-w0rd';

/** The secret in all forms that are sent or written in a URL. */
const FORMS = [SECRET, btoa(`ann:${SECRET}`), btoa(`ann:${SECRET}`).replace(/=+$/, '')];

const ENV = { FLAGHOIST_DEBUG: '1', NO_PROXY: '', no_proxy: '' };

interface Secret {
  /** Adds the secret to the row's URL. */
  readonly url?: (base: string) => string;
  /** Returns the arguments, from a directory for files and the site. */
  readonly options?: (directory: string, base: string) => Promise<string[]> | string[];
  /** The secret is for a host with any port: cookies (RFC 6265, section 8.5), netrc, and the proxy. */
  readonly byHost?: true;
}

async function fileOf(directory: string, name: string, text: string): Promise<string> {
  const path = join(directory, name);
  await writeFile(path, text);
  return path;
}

const SECRETS: Readonly<Record<string, Secret>> = {
  'the URL': { url: (base) => base.replace('//', `//ann:${SECRET}@`) },
  'the URL, oddly written': { url: (base) => base.replace('//', `/ann:${SECRET}@`) },
  '--user': { options: () => ['--user', `ann:${SECRET}`] },
  '-u': { options: () => [`-uann:${SECRET}`] },
  '--user-file': {
    options: async (directory) => {
      return ['--user-file', await fileOf(directory, 'user', `ann:${SECRET}\n`)];
    },
  },
  '--bearer': { options: () => ['--bearer', SECRET] },
  '-H Authorization': { options: () => ['-H', `Authorization: Token ${SECRET}`] },
  '-H Cookie': { options: () => ['-H', `Cookie: session=${SECRET}`] },
  '--cookies': {
    byHost: true,
    options: async (directory) => {
      const cookie = `127.0.0.1\tFALSE\t/\tFALSE\t0\tsession\t${SECRET}\n`;
      return ['--cookies', await fileOf(directory, 'cookies', cookie)];
    },
  },
  '--netrc-file': {
    byHost: true,
    options: async (directory) => {
      const netrc = `machine 127.0.0.1 login ann password ${SECRET}\n`;
      return ['--netrc-file', await fileOf(directory, 'netrc', netrc)];
    },
  },
  // The site is its own proxy, so its requests have whole URLs.
  '--proxy': {
    byHost: true,
    options: (_, base) => ['--proxy', base.replace('//', `//ann:${SECRET}@`)],
  },
};

/** The places where the secret appeared. */
function assertHidden(where: string, text: string): void {
  for (const form of FORMS) assert.equal(text.includes(form), false, `${where}: ${text}`);
}

const pathOf = ({ url = '' }: IncomingMessage) => URL.parse(url)?.pathname ?? url;

/** Answers the rows of the test; redirects lead to `elsewhere`. */
function answer(request: IncomingMessage, response: ServerResponse, elsewhere: string): void {
  const path = pathOf(request);
  if (path === '/fails') response.writeHead(500).end();
  else if (path === '/gone') response.writeHead(404).end();
  else if (path === '/moved') response.writeHead(302, { location: `${elsewhere}/new` }).end();
  else if (path === '/torn') {
    response.writeHead(200, { 'content-length': 1_000_000, etag: '"1"' });
    response.write(Buffer.alloc(300_000), () => response.destroy());
  } else if (path !== '/hangs') response.end('body');
}

/** A server that records its requests, and must get no secret. */
async function serveStranger(t: TestContext) {
  const told: string[] = [];
  const server = await serveHttp(t, (request, response) => {
    told.push(JSON.stringify([request.url, request.headers]));
    response.end('body');
  });
  return { ...server, told };
}

const ROWS = ['/a', '/fails', '/gone', '/moved', '/torn'];

for (const [name, { url = (base: string) => base, options = () => [], byHost }] of Object.entries(
  SECRETS,
)) {
  test(`get: a secret of ${name} reaches no other origin, no output and no file`, async (t) => {
    const stranger = await serveStranger(t);
    let isKnown = false;
    const elsewhere = `http://${byHost ? 'localhost' : '127.0.0.1'}:${stranger.port}`;
    const site = await serveHttp(t, (request, response) => {
      const { headers } = request;
      isKnown ||= FORMS.some((form) => JSON.stringify(headers).includes(form));
      if (request.headers.host?.startsWith('localhost')) stranger.told.push('by way of the proxy');
      answer(request, response, elsewhere);
    });
    const directory = await temporaryDirectory(t);
    const files = join(directory, 'files');
    const secrets = await options(directory, site.url);
    const given = ['--tries', '1', '-d', files, ...secrets];
    const rows = ROWS.map((path) => url(site.url) + path);
    // Given as an argument, such a URL is wrong usage.
    const bad = await fileOf(
      directory,
      'bad',
      `http://ann:${SECRET}@ho st/\nftp://ann:${SECRET}@h/x\nhttp://ann:x/${SECRET}@h\n`,
    );
    const run = (...args: string[]) => runFlaghoistIn({ env: ENV }, ...args);
    // What has failed is tried again with lines in place of JSON: those say more of failures.
    const runs: [string, string[]][] = [
      ['JSON', ['get', '--json', ...given, ...rows, '-i', bad]],
      ['retry, lines', ['retry', files, '-v', '--tries', '1', ...secrets]],
    ];
    // A dry run shows URLs only. The other commands are given no secret: they show what is on the disk,
    // where only a URL gets, without its userinfo.
    if (name.startsWith('the URL')) {
      runs.push(
        ['lines', ['get', '-v', ...given, ...rows, '-i', bad]],
        ['dry run', ['get', '--dry-run', ...given, ...rows, '-i', bad]],
        ['status', ['status', files]],
        ['report', ['report', files]],
        ['report, JSON', ['report', files, '--format', 'json']],
        ['report, CSV', ['report', files, '--format', 'csv']],
      );
    }
    for (const [what, args] of runs) {
      const { stdout, stderr, code } = await run(...args);
      assert.ok(code === 0 || code === 1, `${what}: ${stderr}`);
      assertHidden(what, stdout + stderr);
      if (what === 'JSON') {
        const left = await contentsOfLedger(files);
        assert.ok(left.includes('/fails') && left.includes('.json'), 'a ledger, and a part');
        assertHidden('files', left);
      }
    }
    assert.ok(isKnown, 'the site got no secret');
    assert.ok(stranger.told.length > 0, 'the other origin got no request');
    assertHidden('another origin', stranger.told.join('\n'));
  });
}

suite('get-secrets-everywhere', { concurrency: 2 }, () => {
  test('get: a killed run leaves no secret in the ledger and its log', async (t) => {
    const site = await serveHttp(t, (request, response) => answer(request, response, ''));
    const directory = await temporaryDirectory(t);
    const base = site.url.replace('//', `//ann:${SECRET}@`);
    const rows = ['/a', '/fails', '/hangs'].map((path) => base + path);
    const secrets = ['-H', `Cookie: ${SECRET}`, '--proxy', base, '-H', `X-Api-Key: ${SECRET}`];
    const args = ['get', '--tries', '1', '-d', directory, ...secrets, ...rows];
    const running = startFlaghoistIn({ env: ENV }, ...args);
    const all = finished(running);
    const log = join(directory, '.flaghoist', 'ledger.db-wal');
    await until(async () => {
      const written = await readFile(log, 'latin1').catch(() => '');
      return written.includes('/fails') ? true : undefined;
    });
    running.kill('SIGKILL');
    const { stdout, stderr } = await all;
    assertHidden('output', stdout + stderr);
    const left = await contentsOfLedger(directory);
    assert.ok(left.includes('ledger.db-wal') && left.includes('/fails'));
    assertHidden('files', left);
  });

  test('get: credentials sent over TLS are never sent in plain text', async (t) => {
    const stranger = await serveStranger(t);
    const identity = await selfSigned();
    let told = '';
    const site = createServer(identity, (request, response) => {
      told += JSON.stringify(request.headers);
      answer(request, response, stranger.url);
    });
    site.listen(0, '127.0.0.1');
    await once(site, 'listening');
    t.after(() => {
      site.close();
      site.closeAllConnections();
    });
    const base = `https://127.0.0.1:${(site.address() as AddressInfo).port}`;
    const directory = await temporaryDirectory(t);
    const cacert = await fileOf(directory, 'ca.pem', identity.cert);
    const netrc = `machine 127.0.0.1 login ann password ${SECRET}\n`;
    const cookie = `127.0.0.1\tFALSE\t/\tTRUE\t0\tsession\t${SECRET}\n`;
    const cookies = ['--cookies', await fileOf(directory, 'cookies', cookie)];
    const cookieHeader = ['-H', `Cookie: session=${SECRET}`];
    // Each with what can be given beside it.
    const secrets = [
      { options: [url(base), ...cookies], told: 2 },
      { options: ['--user', `ann:${SECRET}`, ...cookieHeader], told: 2 },
      { options: ['--bearer', SECRET], told: 1 },
      { options: ['-H', `Authorization: Token ${SECRET}`], told: 1 },
      { options: ['--netrc-file', await fileOf(directory, 'netrc', netrc)], told: 1 },
    ];
    for (const [i, { options, ...expected }] of secrets.entries()) {
      told = '';
      const args = [...options, '--cacert', cacert, '-d', join(directory, String(i))];
      const rows = i === 0 ? [] : [`${base}/moved`];
      const running = startFlaghoistIn({ env: { ...ENV, NO_PROXY: '*' } }, 'get', ...args, ...rows);
      const { code } = await finished(running);
      assert.equal(code, 0, options.join(' '));
      const known = FORMS.flatMap((form) => told.match(new RegExp(RegExp.escape(form), 'g')) ?? []);
      assert.ok(known.length >= expected.told, `${options[0]}: the site got ${told}`);
    }
    assert.equal(stranger.told.length, secrets.length);
    assertHidden('plain text', stranger.told.join('\n'));

    function url(of: string): string {
      return `${of.replace('//', `//ann:${SECRET}@`)}/moved`;
    }
  });
});
