import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { HostResolver } from '../../../src/fetch/dns/host-resolver.ts';
import type { SystemAnswer } from '../../../src/fetch/dns/system-lookup.ts';
import { settle } from '../../concurrency/support.ts';
import { until } from '../../server/ask.ts';
import { type NameAnswer, serveNames } from '../../support/name-server.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

interface Given {
  readonly hosts?: string;
  readonly resolvConf?: string;
  readonly nsswitch?: string;
  readonly hasIpv6?: boolean;
  /** Goes by nsswitch, not only by the name server. */
  readonly usesSystem?: boolean;
}

/** A resolver that knows the files given, and asks a name server of this test. */
async function setUp(
  t: TestContext,
  names: Readonly<Record<string, NameAnswer>>,
  { hosts = '', resolvConf = '', nsswitch = '', hasIpv6 = false, usesSystem = false }: Given = {},
) {
  const directory = await temporaryDirectory(t);
  const files = {
    hosts: join(directory, 'hosts'),
    resolvConf: join(directory, 'resolv.conf'),
    nsswitch: join(directory, 'nsswitch.conf'),
  };
  await writeFile(files.hosts, hosts);
  await writeFile(files.resolvConf, resolvConf);
  await writeFile(files.nsswitch, nsswitch);
  const server = await serveNames(t, names);
  const asked: { host: string; answer: SystemAnswer; isGivenUp: boolean }[] = [];
  const system = {
    lookup(host: string, answer: SystemAnswer) {
      const each = { host, answer, isGivenUp: false };
      asked.push(each);
      return {
        [Symbol.dispose]() {
          each.isGivenUp = true;
        },
      };
    },
    [Symbol.dispose]() {},
  };
  let time = 0;
  const resolver = new HostResolver({
    servers: usesSystem ? undefined : [server.address],
    now: () => time,
    files,
    hasIpv6: () => hasIpv6,
    system,
  });
  t.after(() => resolver[Symbol.dispose]());
  return { resolver, server, files, system: asked, elapse: (ms: number) => (time += ms) };
}

/** What is told of a look-up, in order. */
function look(resolver: HostResolver, host: string) {
  const told: (readonly string[] | string)[] = [];
  let isOver = false;
  const lookup = resolver.lookup(host, {
    onAddresses(addresses, isLast) {
      told.push(addresses);
      isOver = isLast;
    },
    onFailure(error) {
      told.push((error as NodeJS.ErrnoException).code ?? '');
      isOver = true;
    },
  });
  return { told, lookup, isOver: () => isOver };
}

async function answerTo(resolver: HostResolver, host: string) {
  const { told, isOver } = look(resolver, host);
  await until(isOver);
  return told.length === 1 ? told[0] : told;
}

test('HostResolver: addresses, whatever the case of the name', async (t) => {
  const { resolver, server } = await setUp(t, { 'h.example': { a: ['10.0.0.1', '10.0.0.2'] } });
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.1', '10.0.0.2']);
  assert.deepEqual(await answerTo(resolver, 'H.EXAMPLE'), ['10.0.0.1', '10.0.0.2']);
  assert.deepEqual(server.asked, ['A h.example']);
});

for (const [what, answer, code] of [
  ['there is no such name', 'NXDOMAIN', 'ENOTFOUND'],
  ['the name has no address', {}, 'ENODATA'],
  ['the name server cannot say', 'SERVFAIL', 'ESERVFAIL'],
  ['the name server refuses', 'REFUSED', 'EREFUSED'],
] as const) {
  test(`HostResolver: ${code} when ${what}`, async (t) => {
    const { resolver } = await setUp(t, { 'h.example': answer });
    assert.equal(await answerTo(resolver, 'h.example'), code);
  });
}

test('HostResolver: an answer that was cut off is asked for over TCP', async (t) => {
  const { resolver, server } = await setUp(t, {
    'h.example': { a: ['10.0.0.1'], isTruncated: true },
  });
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.1']);
  assert.deepEqual(server.asked, ['A h.example', 'A h.example TCP']);
});

test('HostResolver: an alias leads to the addresses of the other name', async (t) => {
  const { resolver } = await setUp(t, { 'h.example': { cname: 'cdn.example', a: ['10.0.0.1'] } });
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.1']);
});

test('HostResolver: with IPv6 both families are asked for, and its addresses come first', async (t) => {
  const { resolver, server } = await setUp(
    t,
    { 'h.example': { a: ['10.0.0.1', '10.0.0.2'], aaaa: ['2001:db8::1'] } },
    { hasIpv6: true },
  );
  const told = (await answerTo(resolver, 'h.example')) as readonly string[];
  assert.deepEqual(told.flat(), ['2001:db8::1', '10.0.0.1', '10.0.0.2']);
  assert.deepEqual([...server.asked].sort(), ['A h.example', 'AAAA h.example']);
});

test('HostResolver: without IPv6 an AAAA record is asked for where there is no A record', async (t) => {
  const { resolver } = await setUp(t, { 'six.example': { aaaa: ['::1'] } });
  assert.deepEqual(await answerTo(resolver, 'six.example'), ['::1']);
});

test('HostResolver: one query for all who ask at the same time', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { resolver, server } = await setUp(t, {
    'h.example': { a: ['10.0.0.1'], until: promise },
  });
  const all = Array.from({ length: 5 }, () => look(resolver, 'h.example'));
  await until(() => server.asked.length > 0);
  resolve();
  await until(() => all.every(({ isOver }) => isOver()));
  for (const { told } of all) assert.deepEqual(told, [['10.0.0.1']]);
});

test('HostResolver: 200 names at once', async (t) => {
  const names = Array.from({ length: 200 }, (_, i) => `h${i}.example`);
  const { resolver } = await setUp(
    t,
    Object.fromEntries(names.map((name, i) => [name, { a: [`10.0.0.${i}`] }])),
  );
  const all = names.map((name) => look(resolver, name));
  await until(() => all.every(({ isOver }) => isOver()));
  assert.deepEqual(
    all.map(({ told }) => told[0]?.[0]),
    names.map((_, i) => `10.0.0.${i}`),
  );
});

test('HostResolver: an answer is kept for its TTL', async (t) => {
  const { resolver, server, elapse } = await setUp(t, {
    'h.example': { a: ['10.0.0.1'], ttl: 30 },
  });
  await answerTo(resolver, 'h.example');
  server.names.set('h.example', { a: ['10.0.0.2'], ttl: 30 });
  elapse(29_999);
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.1']);
  elapse(1);
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.2']);
});

test('HostResolver: a TTL of 0 is a second, one of a week an hour', async (t) => {
  const { resolver, server, elapse } = await setUp(t, {
    'h.example': { a: ['10.0.0.1'], ttl: 0 },
    'week.example': { a: ['10.0.0.1'], ttl: 604_800 },
  });
  for (const [name, kept] of [
    ['h.example', 1_000],
    ['week.example', 3_600_000],
  ] as const) {
    await answerTo(resolver, name);
    server.names.set(name, { a: ['10.0.0.2'] });
    elapse(kept - 1);
    assert.deepEqual(await answerTo(resolver, name), ['10.0.0.1']);
    elapse(1);
    assert.deepEqual(await answerTo(resolver, name), ['10.0.0.2']);
  }
});

test('HostResolver: a failure is asked about again soon, and once confirmed not for a minute', async (t) => {
  const { resolver, server, elapse } = await setUp(t, {});
  assert.equal(await answerTo(resolver, 'h.example'), 'ENOTFOUND');
  server.names.set('h.example', 'SERVFAIL');
  elapse(249);
  assert.equal(await answerTo(resolver, 'h.example'), 'ENOTFOUND');
  elapse(1);
  assert.equal(await answerTo(resolver, 'h.example'), 'ESERVFAIL');
  server.names.set('h.example', { a: ['10.0.0.1'] });
  elapse(59_999);
  assert.equal(await answerTo(resolver, 'h.example'), 'ESERVFAIL');
  elapse(1);
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.1']);
});

test('HostResolver: a silent name holds up no other', async (t) => {
  const { resolver } = await setUp(t, {
    'silent.example': 'silence',
    'h.example': { a: ['10.0.0.1'] },
  });
  const silent = look(resolver, 'silent.example');
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.1']);
  assert.deepEqual(silent.told, []);
});

test('HostResolver: a look-up that is given up tells nothing, the other one of the host goes on', async (t) => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { resolver } = await setUp(t, { 'h.example': { a: ['10.0.0.1'], until: promise } });
  const given = look(resolver, 'h.example');
  const other = look(resolver, 'h.example');
  given.lookup[Symbol.dispose]();
  resolve();
  await until(other.isOver);
  assert.deepEqual([given.told, other.told], [[], [['10.0.0.1']]]);
});

test('HostResolver: a host that is given up by all is asked about anew', async (t) => {
  const { resolver, server } = await setUp(t, { 'h.example': 'silence' });
  const given = look(resolver, 'h.example');
  await until(() => server.asked.length > 0);
  given.lookup[Symbol.dispose]();
  server.names.set('h.example', { a: ['10.0.0.1'] });
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.1']);
  assert.deepEqual(given.told, []);
});

test('HostResolver: closed with names unanswered, nothing is told and nothing left open', async (t) => {
  // What stays open is found by test/no-leftovers.ts.
  const { resolver, server } = await setUp(
    t,
    { 'silent.example': 'silence', 'half.example': { a: ['10.0.0.1'] } },
    { hasIpv6: true },
  );
  const silent = look(resolver, 'silent.example');
  await until(() => server.asked.length > 1);
  resolver[Symbol.dispose]();
  await settle();
  assert.deepEqual(silent.told, []);
});

test('HostResolver: /etc/hosts goes before the name server, and is read again once it changed', async (t) => {
  const { resolver, server, files, elapse } = await setUp(
    t,
    { 'h.example': { a: ['10.0.0.1'] } },
    { hosts: '127.0.0.9 h.example other\n::1 other' },
  );
  assert.deepEqual(await answerTo(resolver, 'H.example.'), ['127.0.0.9']);
  assert.deepEqual(await answerTo(resolver, 'other'), ['127.0.0.9', '::1']);
  assert.deepEqual(server.asked, []);
  await writeFile(files.hosts, '# nothing any more');
  elapse(1_000);
  assert.deepEqual(await answerTo(resolver, 'h.example'), ['10.0.0.1']);
});

test('HostResolver: localhost is this machine, whatever the name server says', async (t) => {
  const { resolver, server } = await setUp(t, { localhost: { a: ['10.0.0.1'] } });
  for (const name of ['localhost', 'LOCALHOST.', 'a.localhost']) {
    assert.deepEqual(await answerTo(resolver, name), ['127.0.0.1', '::1']);
  }
  assert.deepEqual(server.asked, []);
});

test('HostResolver: names with few dots are looked for below the search domains', async (t) => {
  const { resolver, server } = await setUp(
    t,
    { 'db.b.example': { a: ['10.0.0.1'] }, 'x.y': { a: ['10.0.0.2'] } },
    { resolvConf: 'search a.example b.example' },
  );
  assert.deepEqual(await answerTo(resolver, 'db'), ['10.0.0.1']);
  assert.deepEqual(server.asked, ['A db.a.example', 'A db.b.example']);
  assert.deepEqual(await answerTo(resolver, 'x.y'), ['10.0.0.2']);
});

test('HostResolver: a name with a dot at its end is asked for as it is', async (t) => {
  const { resolver, server } = await setUp(t, {}, { resolvConf: 'search a.example' });
  assert.equal(await answerTo(resolver, 'db.'), 'ENOTFOUND');
  assert.deepEqual(server.asked, ['A db']);
});

test('HostResolver: resolv.conf is read again once it changed', async (t) => {
  const { resolver, files, elapse } = await setUp(
    t,
    { 'db.b.example': { a: ['10.0.0.1'] } },
    { resolvConf: 'search a.example' },
  );
  assert.equal(await answerTo(resolver, 'db'), 'ENOTFOUND');
  await writeFile(files.resolvConf, 'search b.example # since we moved');
  elapse(60_000);
  assert.deepEqual(await answerTo(resolver, 'db'), ['10.0.0.1']);
});

const isLinux = process.platform === 'linux';

test('HostResolver: names that the system knows by other means are its to resolve', {
  skip: !isLinux,
}, async (t) => {
  const { resolver, system } = await setUp(
    t,
    {},
    { nsswitch: 'hosts: files mdns4_minimal [NOTFOUND=return] dns', usesSystem: true },
  );
  const printer = look(resolver, 'printer.local');
  const again = look(resolver, 'Printer.local');
  assert.deepEqual(
    system.map(({ host }) => host),
    ['printer.local'],
  );
  system[0]?.answer(undefined, ['10.0.0.7']);
  assert.deepEqual([printer.told, again.told], [[['10.0.0.7']], [['10.0.0.7']]]);
});

test('HostResolver: what the system cannot resolve fails with its code', {
  skip: !isLinux,
}, async (t) => {
  const { resolver, system } = await setUp(t, {}, { nsswitch: 'hosts: files', usesSystem: true });
  const lookup = look(resolver, 'h.example');
  system[0]?.answer(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []);
  assert.deepEqual(lookup.told, ['ENOTFOUND']);
});

test('HostResolver: a look-up of the system is given up with the last one who asked', {
  skip: !isLinux,
}, async (t) => {
  const { resolver, system } = await setUp(t, {}, { nsswitch: 'hosts: files', usesSystem: true });
  const first = look(resolver, 'h.example');
  const second = look(resolver, 'h.example');
  first.lookup[Symbol.dispose]();
  assert.equal(system[0]?.isGivenUp, false);
  second.lookup[Symbol.dispose]();
  assert.equal(system[0]?.isGivenUp, true);
});

test('HostResolver: with name servers of its own the system is not asked', async (t) => {
  const { resolver, system } = await setUp(t, {}, { nsswitch: 'hosts: files wins' });
  assert.equal(await answerTo(resolver, 'h.example'), 'ENOTFOUND');
  assert.deepEqual(system, []);
});
