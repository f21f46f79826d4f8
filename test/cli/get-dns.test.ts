import assert from 'node:assert/strict';
import { once } from 'node:events';
import { suite, test } from 'node:test';
import { until } from '../server/ask.ts';
import { serveNames } from '../support/name-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { endsIn, get, outcomesIn, serveSite, startGet } from './get-support.ts';
import { finished } from './run-flaghoist.ts';

suite('get-dns', { concurrency: 2 }, () => {
  test('get --dns-server asks this name server, and tries a host that does not exist once more', async (t) => {
    const site = await serveSite(t);
    const { port } = new URL(site.url);
    const { address } = await serveNames(t, { 'h.example': { a: ['127.0.0.1'] } });
    const options = ['--dns-server', address, '--json', '-d', await temporaryDirectory(t)];
    const urls = [`http://h.example:${port}/a`, `http://gone.example:${port}/b`];
    const { code, stdout } = await get(...options, '--tries', '5', ...urls);
    assert.deepEqual([code, endsIn(stdout)], [1, ['ok', 'failed dns-not-found']]);
    assert.equal(outcomesIn(stdout)[1]?.attempts, 2);
  });

  test('get --resolve connects to this address, and no name server is asked', async (t) => {
    const site = await serveSite(t);
    const { port } = new URL(site.url);
    const names = await serveNames(t, {});
    const options = ['--dns-server', names.address, '-d', await temporaryDirectory(t)];
    const url = `http://h.example:${port}/a`;
    const { code } = await get(...options, '--resolve', `h.example:${port}:127.0.0.1`, url);
    assert.deepEqual([code, site.paths(), names.asked], [0, ['/a'], []]);
  });

  test('get ends at once on Ctrl-C while names are silent, and accounts for every row', async (t) => {
    const hosts = Array.from({ length: 50 }, (_, i) => `silent${i}.example`);
    const names = await serveNames(
      t,
      Object.fromEntries(hosts.map((host) => [host, 'silence' as const])),
    );
    const options = ['--dns-server', names.address, '--json', '-d', await temporaryDirectory(t)];
    const running = startGet(...options, ...hosts.map((host) => `http://${host}/${host}.gif`));
    const closed = once(running, 'exit').then(() => performance.now());
    const all = finished(running);
    await until(() => names.asked.length > 10);
    const since = performance.now();
    running.kill('SIGINT');
    const { code, stdout } = await all;
    assert.equal(code, 130);
    assert.deepEqual(new Set(endsIn(stdout)), new Set(['cancelled cancelled']));
    assert.equal(outcomesIn(stdout).length, hosts.length);
    const took = (await closed) - since;
    assert.ok(took < 1_000, `${took} ms`);
  });
});
