import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { QueryChannels } from '../../../src/fetch/dns/query-channels.ts';
import { settle } from '../../concurrency/support.ts';
import { until } from '../../server/ask.ts';
import { a, type NameRecords, SILENT, serveNames } from '../../support/name-server.ts';

async function setUp(
  t: TestContext,
  names: Readonly<Record<string, NameRecords>>,
  timeout = 1_000,
) {
  const server = await serveNames(t, names);
  const channels = new QueryChannels({ timeout, tries: 5, servers: [server.address] });
  t.after(() => channels[Symbol.dispose]());
  const told: string[] = [];
  const ask = (name: string, family: 4 | 6 = 4) =>
    channels.ask(name, family, (error, records) => {
      told.push(`${name} ${error?.code ?? records.map(({ address, ttl }) => `${address} ${ttl}`)}`);
    });
  return { server, channels, told, ask };
}

test('QueryChannels: returns addresses of either family, with their TTL', async (t) => {
  const { told, ask } = await setUp(t, {
    'h.example': {
      A: { addresses: ['10.0.0.1'], ttl: 7 },
      AAAA: { addresses: ['2001:db8::1'], ttl: 7 },
    },
  });
  ask('h.example', 4);
  ask('h.example', 6);
  await until(() => told.length === 2);
  assert.deepEqual(told.sort(), ['h.example 10.0.0.1 7', 'h.example 2001:db8::1 7']);
});

test('QueryChannels: spreads many queries over several channels', async (t) => {
  const names = Array.from({ length: 150 }, (_, i) => `h${i}.example`);
  const { told, ask } = await setUp(
    t,
    Object.fromEntries(names.map((name) => [name, a('10.0.0.1')])),
  );
  for (const name of names) ask(name);
  await until(() => told.length === names.length);
  assert.deepEqual([...told].sort(), names.map((name) => `${name} 10.0.0.1 60`).sort());
});

test('QueryChannels: a dropped query gets no answer, its neighbours get theirs', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const records = { A: { addresses: ['10.0.0.1'], after: promise } };
  const { told, ask, server } = await setUp(t, { 'a.example': records, 'b.example': records });
  const dropped = ask('a.example');
  ask('b.example');
  await until(() => server.queries.length === 2);
  dropped[Symbol.dispose]();
  dropped[Symbol.dispose]();
  resolve();
  await until(() => told.length > 0);
  await settle();
  assert.deepEqual(told, ['b.example 10.0.0.1 60']);
});

test('QueryChannels: hears a server that always answers later than resolv.conf waits', async (t) => {
  const { told, ask, server } = await setUp(
    t,
    { 'late.example': { A: { addresses: ['10.0.0.1'], late: 700 } } },
    250,
  );
  ask('late.example');
  await until(() => told.length > 0);
  assert.deepEqual(told, ['late.example 10.0.0.1 60']);
  assert.ok(server.queries.length > 1, 'it came within the first wait');
});

test('QueryChannels: dropping all queries leaves nothing open, and later ones are answered', async (t) => {
  // test/no-leftovers.ts would find what stays open: c-ares repeats these queries for minutes.
  const { told, ask, server } = await setUp(t, {
    'silent.example': SILENT,
    'h.example': a('10.0.0.1'),
  });
  const silent = [ask('silent.example', 4), ask('silent.example', 6)];
  await until(() => server.queries.length === 2);
  for (const query of silent) query[Symbol.dispose]();
  ask('h.example');
  await until(() => told.length > 0);
  assert.deepEqual(told, ['h.example 10.0.0.1 60']);
});

test('QueryChannels: disposal cancels queries', async (t) => {
  const { told, ask, server, channels } = await setUp(t, { 'silent.example': SILENT });
  ask('silent.example');
  await until(() => server.queries.length === 1);
  channels[Symbol.dispose]();
  await until(() => told.length > 0);
  assert.deepEqual(told, ['silent.example ECANCELLED']);
});
