import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveHttp } from '../support/tiny-server.ts';
import { endsIn, get } from './get-support.ts';
import { runFlaghoist } from './run-flaghoist.ts';

suite('get-private', { concurrency: 2 }, () => {
  test('get --deny-private: no connection to a private address, also by retry', async (t) => {
    const server = await serveHttp(t, (request, response) => response.end(request.url));
    const directory = await temporaryDirectory(t);
    const { code, stdout } = await get('--deny-private', '-d', directory, `${server.url}/a`);
    assert.equal(code, 1);
    assert.match(stdout, /address-refused \(1\): the host is not on the public Internet/);
    assert.match(stdout, /^ {2}127\.0\.0\.1 is no public address \(loopback\)$/m);
    const again = ['retry', directory, '--json', '--reason', 'address-refused'];
    const retried = await runFlaghoist(...again);
    assert.deepEqual([retried.code, endsIn(retried.stdout)], [1, ['failed address-refused']]);
    assert.equal(server.connections(), 0);
  });

  test('get --deny-private: a proxy that looks names up is warned of', async (t) => {
    const asked: (string | undefined)[] = [];
    const proxy = await serveHttp(t, (request, response) => {
      asked.push(request.url);
      response.end('GIF');
    });
    const directory = await temporaryDirectory(t);
    const options = ['--deny-private', '-x', proxy.url, '--json', '-d', directory];
    const urls = ['http://h.example/a', 'http://127.0.0.2/b'];
    const { code, stdout, stderr } = await get(...options, ...urls);
    assert.deepEqual([code, endsIn(stdout)], [1, ['ok', 'failed address-refused']]);
    assert.match(
      stderr,
      /^flaghoist: --deny-private sees only addresses in URLs: the proxy looks names up/,
    );
    assert.deepEqual(asked, ['http://h.example/a']);
  });
});
