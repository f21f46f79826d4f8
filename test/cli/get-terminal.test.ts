/** Texts chosen by servers and lists control no terminal, wherever they are shown. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { selfSigned } from '../support/certificates.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveBytes } from '../support/tiny-server.ts';
import { outcomesIn } from './get-support.ts';
import { runFlaghoistIn } from './run-flaghoist.ts';

/** Control characters (with C1 and DEL), bidirectional overrides, and unusual line ends. */
const STEERS = /[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u;

/** Sets the window's title and clipboard, colours, moves the cursor up, and reverses text. */
const NASTY =
  '\u001b]0;owned\u0007\u001b]52;c;eA==\u0007\u001b[31m\u001b[2A\u009b2J\u009d0;x\u009c\u007f\b\u202eexe.\u2066\u2028\u200f';

/** The part that a header may have. Node's parser refuses the rest. */
const IN_HEADER = Buffer.from('\u009b2J\u009d0;x\u009c\u202egpj\u2028').toString('latin1');

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\n';
const ANSWERS: Readonly<Record<string, string>> = {
  '/reason': `HTTP/1.1 500 ${IN_HEADER}\r\nContent-Length: 0\r\n\r\n`,
  '/reason-c0': `HTTP/1.1 500 ${NASTY}\r\nContent-Length: 0\r\n\r\n`,
  '/status-line': `${NASTY}\r\n\r\n`,
  '/header': `HTTP/1.1 200 OK\r\nX-${NASTY}: ${NASTY}\r\n\r\n`,
  '/location': `HTTP/1.1 302 Found\r\nLocation: x-${IN_HEADER}:${IN_HEADER}\r\n\r\n`,
  '/location-c0': `HTTP/1.1 302 Found\r\nLocation: http://h/\u001b[2J\r\n\r\n`,
  '/host': `HTTP/1.1 302 Found\r\nLocation: http://${IN_HEADER}/\r\nContent-Length: 0\r\n\r\n`,
  '/loop': `HTTP/1.1 302 Found\r\nLocation: /loop?${IN_HEADER}\r\nContent-Length: 0\r\n\r\n`,
  '/name': `${OK}Content-Disposition: attachment; filename="a${IN_HEADER}.gif"\r\n\r\nx`,
  '/name-8187': `${OK}Content-Disposition: attachment; filename*=UTF-8''b%1b%5B2J%c2%9b%e2%80%ae%7f%0d%0a.gif\r\n\r\nx`,
  '/encoding': `${OK}Content-Encoding: ${IN_HEADER}\r\n\r\nx`,
  '/etag': `${OK}ETag: "=${IN_HEADER}"\r\nLast-Modified: ${IN_HEADER}\r\n\r\nx`,
  '/length': `HTTP/1.1 200 OK\r\nContent-Length: ${IN_HEADER}\r\n\r\n`,
  '/chunk': `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${NASTY}\r\n`,
};

/** Answers each path of the table byte for byte, and others with a file. */
async function serve(t: TestContext): Promise<string> {
  const { url } = await serveBytes(t, (socket, data) => {
    const [, path = ''] = /^GET (\/[\w-]+)/.exec(data.toString('latin1')) ?? [];
    socket.end(Buffer.from(ANSWERS[path] ?? `${OK}\r\nx`, 'latin1'));
  });
  return url;
}

/** A server whose certificate is for another host, with control characters in its names. */
async function serveTls(t: TestContext) {
  const hosts = `DNS:${NASTY.replaceAll(/[^ -~\p{Cc}]/gu, '')}x`;
  const identity = await selfSigned(`h${NASTY}`, { hosts });
  const server = createServer(identity, (_, response) => response.end('x'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `https://localhost:${(server.address() as AddressInfo).port}`, ca: identity.cert };
}

function assertTame(what: string, text: string): void {
  for (const line of text.split(/\r?\n/)) assert.doesNotMatch(line, STEERS, `${what}: ${line}`);
}

const quoted = (cell: string) => `"${cell.replaceAll('"', '""')}"`;

suite('get-terminal', { concurrency: 2 }, () => {
  test('get, status, report, retry: show nothing that controls a terminal', async (t) => {
    const base = await serve(t);
    const tls = await serveTls(t);
    const directory = await temporaryDirectory(t);
    const files = join(directory, 'files');
    const ca = join(directory, 'ca.pem');
    await writeFile(ca, tls.ca);
    const urls = [...Object.keys(ANSWERS).map((path) => base + path), tls.url];
    const cells = [
      ...urls.map((url) => [url, '', '']),
      [`${base}/x`, `n${NASTY}.gif`, ''],
      [`${base}/y`, `=HYPERLINK("http://evil")${NASTY}`, ''],
      [`${base}/z${NASTY}`, '', ''],
      [NASTY, NASTY, ''],
      [`http://${NASTY}/`, NASTY, ''],
      [`${base}/sum`, '', NASTY],
    ];
    const list = join(directory, `list${NASTY.replaceAll('/', '')}.csv`);
    const lines = cells.map((row) => row.map(quoted).join(','));
    await writeFile(list, ['url,name,sum', ...lines, ''].join('\n'));
    const columns = ['--url-column', 'url', '--name-column', 'name', '--checksum-column', 'sum'];
    const given = ['-i', list, ...columns, '--content-disposition', '--cacert', ca, '--tries', '1'];
    const runs: [string, string[]][] = [
      ['dry run', ['get', '--dry-run', '-d', files, ...given]],
      ['lines', ['get', '-v', '-d', files, ...given]],
      ['summary', ['get', '-d', join(directory, '2'), ...given]],
      ['JSON', ['get', '--json', '-d', join(directory, '3'), ...given]],
      ['strict', ['get', '--strict', '-d', join(directory, '4'), ...given]],
      ['columns', ['get', '-i', list, '--url-column', NASTY, '-d', join(directory, '5')]],
      ['template', ['get', '-i', list, '-o', `{${NASTY}}`, '-d', join(directory, '6')]],
      ['retry', ['retry', files, '-v', '--tries', '1']],
      ['status', ['status', files]],
      ['report', ['report', files]],
      ['report, JSON', ['report', files, '--format', 'json']],
      ['report, CSV', ['report', files, '--format', 'csv']],
    ];
    for (const [what, args] of runs) {
      const env = { NO_PROXY: '*', no_proxy: '*', FLAGHOIST_DEBUG: '1' };
      const { stdout, stderr } = await runFlaghoistIn({ env }, ...args);
      assert.notEqual(stdout + stderr, '');
      // The command's own tab is between the path and the URL.
      assertTame(what, what === 'dry run' ? stdout.replaceAll(/^([^\t\n]*)\t/gm, '$1 ') : stdout);
      assertTame(what, stderr.replaceAll(/^(\d+)\t/gm, '$1 '));
      if (what.endsWith('JSON')) assert.equal(outcomesIn(stdout).length, cells.length);
      // A cell that a spreadsheet would run has a ' before it.
      if (what.endsWith('CSV')) assert.doesNotMatch(stdout, /(^|,)"?[=+\-@]/m);
    }
    for (const name of await readdir(files, { recursive: true })) assertTame('a name', name);
  });
});
