/** Users and passwords of the real command. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { COMMAND } from '../support/command.ts';
import { digestGuard } from '../support/digest-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveHttp } from '../support/tiny-server.ts';
import { get, type gone, serveSite, startGet, until } from './get-support.ts';
import { ended, finished } from './run-flaghoist.ts';

async function serveGuarded(t: TestContext) {
  const { onRequest, said } = digestGuard((_, response) => response.end('body'));
  return { ...(await serveHttp(t, onRequest)), said };
}

/** Runs a command in a terminal, and types `typed` when it asks for the password. */
async function answer(words: readonly string[], typed: string) {
  const command = words.map((word) => `'${word}'`).join(' ');
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
    env: { ...process.env, NO_PROXY: '127.0.0.1', no_proxy: '127.0.0.1' },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  let shown = '';
  let isAnswered = false;
  child.stdout.on('data', (data: Buffer) => {
    shown += data;
    if (isAnswered || !shown.includes('Password for ann: ')) return;
    isAnswered = true;
    child.stdin.write(typed);
  });
  const { code } = await ended(child as never);
  child.stdin.end();
  return { code, shown };
}

const linuxOnly = process.platform !== 'linux' && 'it looks into /proc';

// Two at a time: a test mostly waits for its process to start.
suite('get-password', { concurrency: 2 }, () => {
  test('get --user: answers Digest authentication, and shows no password', async (t) => {
    const site = await serveGuarded(t);
    const directory = await temporaryDirectory(t);
    const urls = ['a', 'b', 'c', 'd'].map((name) => `${site.url}/${name}`);
    const user = join(directory, 'user');
    await writeFile(user, 'ann:s3cret\n', { mode: 0o600 });
    const files = join(directory, 'files');
    const { code, stdout, stderr } = await get('-m1', '--user-file', user, '-d', files, ...urls);
    assert.deepEqual([code, stderr], [0, ''], stdout);
    const answers = site.said.map((one) => one?.split(' ', 1)[0]);
    assert.deepEqual(answers, ['Basic', 'Digest', 'Digest', 'Digest', 'Digest']);
  });

  test('get --user: a missing password is asked for on the terminal', async (t) => {
    const site = await serveGuarded(t);
    const directory = await temporaryDirectory(t);
    const words = [process.execPath, COMMAND, 'get', '-q', '-u', 'ann', '-d', directory];
    const { code, shown } = await answer([...words, `${site.url}/a`], 's3cret\r');
    assert.equal(code, 0, shown);
    assert.doesNotMatch(shown, /s3cret/);
    assert.equal(await readFile(join(directory, 'a'), 'utf8'), 'body');
  });

  test('get --user: Ctrl-C at the question for the password ends the run', async (t) => {
    const directory = await temporaryDirectory(t);
    const words = [process.execPath, COMMAND, 'get', '-u', 'ann', '-d', directory, 'http://h/'];
    const { code, shown } = await answer(words, '\u0003');
    assert.equal(code, 130, shown);
  });

  test('get --user: without a password and a terminal it is wrong usage', async (t) => {
    const directory = await temporaryDirectory(t);
    const { code, stdout, stderr } = await get('-u', 'ann', '-d', directory, 'http://h/');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(
      stderr,
      /^\*\*\* Usage error: --user USER has no password and there is no terminal to ask on/,
    );
    // A run without requests needs no password.
    const dry = await get('--dry-run', '-u', 'ann', '-d', directory, 'http://h/a');
    assert.equal(dry.code, 0, dry.stderr);
  });

  for (const options of [
    ['-u', 'ann:s3cret'],
    ['--bearer=s3cret'],
    ['-H', 'Authorization: s3cret'],
    ['-x', 'http://ann:s3cret@127.0.0.1:1', '--retry-max-wait', '10s'],
  ]) {
    test(`get ${options[0]}: the list of processes shows no secret`, {
      skip: linuxOnly,
    }, async (t) => {
      const waiting: Parameters<typeof gone>[0][] = [];
      const site = await serveSite(t, (_, response) => void waiting.push(response));
      const directory = await temporaryDirectory(t);
      const child = startGet(...options, '-d', directory, `${site.url}/a`);
      const end = finished(child);
      const shown = await until(async () => {
        const text = await readFile(`/proc/${child.pid}/cmdline`, 'utf8');
        return text.startsWith('flaghoist get ') ? text : undefined;
      });
      assert.doesNotMatch(shown, /s3cret/);
      assert.ok(shown.includes(`${site.url}/a`));
      child.kill('SIGKILL');
      await end;
    });
  }

  test('get: a URL with a user and no password uses that of .netrc', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const netrc = join(directory, 'netrc');
    await writeFile(
      netrc,
      '\uFEFFmachine 127.0.0.1 login ann password one\nmachine 127.0.0.1 login bob password two\n',
    );
    const url = site.url.replace('//', '//bob@');
    const files = join(directory, 'files');
    assert.equal((await get('--netrc-file', netrc, '-d', files, `${url}/a`)).code, 0);
    assert.equal(site.seen[0]?.headers.authorization, `Basic ${btoa('bob:two')}`);
  });

  test('get --cookies: a byte order mark and values of any letters are read', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const line = (name: string, value: string, secure = 'FALSE') =>
      `127.0.0.1\tFALSE\t/\t${secure}\t0\t${name}\t${value}\n`;
    const cookies = join(directory, 'cookies');
    const lines = [
      line('a', 'plain'),
      line('b', 'naïve €'),
      line('c', 'bad\u0001'),
      line('d', 'x', 'TRUE'),
    ];
    await writeFile(cookies, `\uFEFF# Netscape HTTP Cookie File\n${lines.join('')}`);
    const files = join(directory, 'files');
    const { code, stderr } = await get('-b', cookies, '-d', files, `${site.url}/a`);
    assert.deepEqual([code, stderr], [0, '']);
    // The bytes of the file. The Secure cookie is not sent without TLS.
    const sent = Buffer.from(site.seen[0]?.headers.cookie ?? '', 'latin1').toString();
    assert.equal(sent, 'a=plain; b=naïve €');
    // A file in Latin-1.
    await writeFile(cookies, Buffer.from(line('b', 'naïve'), 'latin1'));
    assert.equal((await get('-b', cookies, '-d', files, `${site.url}/b`)).code, 0);
  });

  test('get: a Secure cookie set by a redirect goes over TLS only, also to loopback', async (t) => {
    const site = await serveSite(t, (path, response) => {
      if (path === '/a') {
        const cookies = ['open=1; Path=/', 'secret=2; Path=/; Secure'];
        response.writeHead(302, { location: '/b', 'set-cookie': cookies });
      }
      response.end('body');
    });
    const directory = await temporaryDirectory(t);
    assert.equal((await get('-d', directory, `${site.url}/a`)).code, 0);
    assert.equal(site.seen[1]?.headers.cookie, 'open=1');
  });
});
