import assert from 'node:assert/strict';
import { Resolver } from 'node:dns/promises';
import { test } from 'node:test';
import { GOOD, MUTE, REFUSING } from '../../../bench/openweb/addresses.ts';
import { startNameServer } from '../../../bench/openweb/name-server.ts';

test('startNameServer: answers as host names demand, without IPv6 addresses', async () => {
  await using server = await startNameServer({ address: '127.0.0.1', port: 0 });
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${server.port}`]);
  assert.deepEqual(await resolver.resolve4('h1-good-0.web.test'), [GOOD[1]]);
  assert.deepEqual(await resolver.resolve4('h1-mute-0.web.test'), [MUTE]);
  assert.deepEqual(await resolver.resolve4('h1-refusing-0.web.test'), [REFUSING]);
  await assert.rejects(resolver.resolve6('h1-good-0.web.test'), { code: 'ENODATA' });
  await assert.rejects(resolver.resolve4('h1-unknown-0.web.test'), { code: 'ENOTFOUND' });
});

test('startNameServer: a silent name is never answered', async () => {
  await using server = await startNameServer({ address: '127.0.0.1', port: 0 });
  const resolver = new Resolver({ timeout: 50, tries: 1 });
  resolver.setServers([`127.0.0.1:${server.port}`]);
  await assert.rejects(resolver.resolve4('h1-silent-0.web.test'), { code: 'ETIMEOUT' });
});
