import assert from 'node:assert/strict';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { serveSocks } from '../support/socks-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { endsIn, filesIn, serveSite } from './get-support.ts';
import { runFlaghoistIn } from './run-flaghoist.ts';

/** The proxies of this machine must not come in between. */
const NO_PROXIES = {
  http_proxy: '',
  HTTP_PROXY: '',
  https_proxy: '',
  HTTPS_PROXY: '',
  all_proxy: '',
  ALL_PROXY: '',
  no_proxy: '',
  NO_PROXY: '',
};

// Two at a time: a test mostly waits for its process to start.
suite('get-proxy', { concurrency: 2 }, () => {
  test('get: uses a SOCKS proxy of the environment, and shows no password of it', async (t) => {
    const proxy = await serveSocks(t, { login: 'ann:s3cret' });
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const env = { ...NO_PROXIES, all_proxy: `socks5h://ann:s3cret@127.0.0.1:${proxy.port}` };
    const urls = ['a', 'b', 'c'].map((name) => `http://site.example:${site.port}/${name}`);
    const files = join(directory, 'files');
    const { code, stdout, stderr } = await runFlaghoistIn(
      { env },
      ...['get', '--json', '-d', files, ...urls],
    );
    assert.equal(code, 0, stderr);
    assert.deepEqual(endsIn(stdout), ['ok', 'ok', 'ok']);
    assert.deepEqual(Object.keys(await filesIn(files)), ['a', 'b', 'c']);
    assert.ok(proxy.asked.every(({ host }) => host === 'site.example'));
    assert.doesNotMatch(stdout + stderr, /s3cret/);
  });

  test('get --proxy: SOCKS works, and a refusal is an outcome', async (t) => {
    const proxy = await serveSocks(t, { replyTo: () => 2 });
    const directory = await temporaryDirectory(t);
    const { code, stdout } = await runFlaghoistIn(
      { env: NO_PROXIES },
      ...['get', '--json', '-d', directory, '-x', `socks5h://127.0.0.1:${proxy.port}`],
      'http://site.example/a',
    );
    assert.equal(code, 1);
    assert.deepEqual(endsIn(stdout), ['failed proxy']);
  });

  test('get: connects directly to the ranges of NO_PROXY', async (t) => {
    const site = await serveSite(t);
    const directory = await temporaryDirectory(t);
    const env = { ...NO_PROXIES, ALL_PROXY: 'socks5h://127.0.0.1:1', NO_PROXY: '127.0.0.0/8' };
    const { code, stderr } = await runFlaghoistIn({ env }, 'get', '-d', directory, `${site.url}/a`);
    assert.equal(code, 0, stderr);
  });

  for (const [variable, value] of [
    ['http_proxy', 'nonsense://ann:s3cret@h'],
    ['all_proxy', 'socks5h://ann:s3cret@'],
    ['https_proxy', 'http://ann:s3cret@h:99999'],
  ] as const) {
    test(`get: a ${variable} that is not a proxy is wrong usage, in one line`, async (t) => {
      const directory = await temporaryDirectory(t);
      const env = { ...NO_PROXIES, [variable]: value };
      const { code, stdout, stderr } = await runFlaghoistIn(
        { env },
        ...['get', '-d', directory, 'http://127.0.0.1:1/a'],
      );
      assert.deepEqual([code, stdout], [2, '']);
      const [first, usage, ...more] = stderr.trimEnd().split('\n');
      assert.equal(
        first,
        `*** Usage error: environment: ${variable}: a proxy must be an http://, https://, socks4://, socks4a://, socks5:// or socks5h:// URL with a host`,
      );
      assert.match(usage ?? '', /^usage: flaghoist get/i);
      assert.deepEqual(more, []);
    });
  }
});
