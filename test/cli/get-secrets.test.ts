import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, type TestContext, test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { get, outcomesIn, serveSite } from './get-support.ts';
import { contentsOfLedger } from './ledger-directory.ts';
import { runFlaghoist } from './run-flaghoist.ts';

const SECRET = 's3cr3t-w0rd';

/** Runs the command, and looks for the secret wherever it has written. @returns how the rows ended */
async function hidden(t: TestContext, urls: (base: string) => string[], ...options: string[]) {
  const wanted = `Basic ${btoa(`ann:${SECRET}`)}`;
  const seen = new Set<string | undefined>();
  const site = await serveSite(t, (path, response, { headers }) => {
    seen.add(headers.authorization);
    const isKnown = headers.authorization === wanted || headers.authorization?.includes(SECRET);
    response.statusCode = path === '/fails' ? 500 : isKnown ? 200 : 401;
    // A server may repeat what it got, and that becomes part of messages and of the ledger.
    response.statusMessage = `You sent ${headers.authorization}`;
    response.end('body');
  });
  const directory = await temporaryDirectory(t);
  const args = ['--tries', '1', '-d', directory, ...options, ...urls(site.url)];
  const { stdout, stderr } = await get('--json', ...args);
  assert.equal(stdout.includes(SECRET), false, stdout);
  assert.equal(stderr.includes(SECRET), false, stderr);
  const ledger = await contentsOfLedger(directory);
  assert.ok(ledger.includes('/fails'), 'the ledger was not found');
  assert.equal(ledger.includes(SECRET), false, 'the ledger has it');
  assert.equal(ledger.includes(btoa(`ann:${SECRET}`)), false, 'the ledger has it');
  return outcomesIn(stdout).map(({ status }) => status);
}

const plain = (base: string) => [`${base}/a`, `${base}/fails`];

// Two at a time: a test mostly waits for its process to start.
suite('get-secrets', { concurrency: 2 }, () => {
  test('get: shows no password of a URL, also when the row fails', async (t) => {
    const urls = (base: string) => plain(base.replace('//', `//ann:${SECRET}@`));
    assert.deepEqual(await hidden(t, urls), ['ok', 'failed']);
  });

  test('get: shows no password of a URL that is wrong usage', async () => {
    for (const url of [
      `ftp://ann:${SECRET}@host/x`,
      `http://ann:${SECRET}@`,
      `htp://a:${SECRET}@b`,
    ]) {
      const { code, stdout, stderr } = await get(url);
      assert.deepEqual([code, stdout, stderr.includes(SECRET)], [2, '', false], stderr);
    }
  });

  test('get: shows no password of a row that is not a URL', async (t) => {
    const directory = await temporaryDirectory(t);
    const rows = [
      `ann:${SECRET}@host/f`,
      `//ann:${SECRET}@host/f`,
      `"http://ann:${SECRET}@host/f"`,
      `<http://ann:${SECRET}@host/f>`,
      `http://127.0.0.1:9/1 http://ann:${SECRET}@host/f`,
      `http:ann:${SECRET}@127.0.0.1:9/f`,
    ];
    const list = join(directory, 'list.txt');
    await writeFile(list, rows.join('\n'));
    const csv = join(directory, 'list.csv');
    await writeFile(
      csv,
      `url\n${rows.map((row) => `"${row.replaceAll('"', '""')}"`).join('\n')}\n`,
    );
    for (const input of [list, csv]) {
      const files = join(directory, `files-${input.endsWith('csv')}`);
      const run = (...args: string[]) => get('--tries', '1', '-d', files, '-i', input, ...args);
      const json = await run('--json');
      assert.equal(outcomesIn(json.stdout).length, rows.length);
      const people = await run('-v');
      const report = await runFlaghoist('report', files, '--format', 'csv');
      for (const { stdout, stderr } of [json, people, report]) {
        assert.equal(stdout.includes(SECRET), false, stdout);
        assert.equal(stderr.includes(SECRET), false, stderr);
      }
      assert.equal((await contentsOfLedger(files)).includes(SECRET), false, 'the ledger has it');
    }
  });

  test('get: shows no password in its output for people', async (t) => {
    const directory = await temporaryDirectory(t);
    const url = `http://ann:${SECRET}@127.0.0.1:1/a`;
    const { code, stdout, stderr } = await get('-v', '--tries', '1', '-d', directory, url);
    assert.equal(code, 1);
    assert.match(stdout, /^failed http:\/\/127\.0\.0\.1:1\/a/m);
    assert.equal(stdout.includes(SECRET), false, stdout);
    assert.equal(stderr, '');
  });

  test('get: shows no password of --user, --header and --bearer', async (t) => {
    for (const options of [
      ['--user', `ann:${SECRET}`],
      ['-H', `Authorization: Bearer ${SECRET}`],
      [`--bearer=${SECRET}`],
    ]) {
      assert.deepEqual(await hidden(t, plain, ...options), ['ok', 'failed'], options.join(' '));
    }
  });

  test('get: shows no password after several short options in one', async (t) => {
    assert.deepEqual(await hidden(t, plain, '-Nu', `ann:${SECRET}`), ['ok', 'failed']);
  });

  test('get: shows no password of a list, a netrc file and cookies', async (t) => {
    const directory = await temporaryDirectory(t);
    const netrc = join(directory, 'netrc');
    await writeFile(netrc, `machine 127.0.0.1 login ann password ${SECRET}\n`);
    assert.deepEqual(await hidden(t, plain, '--netrc-file', netrc), ['ok', 'failed']);
  });
});
