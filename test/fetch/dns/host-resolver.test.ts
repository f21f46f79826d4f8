import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SystemAnswer } from '../../../src/fetch/dns/system-lookup.ts';
import { until } from '../../server/ask.ts';
import { a, both, SILENT, serveNames } from '../../support/name-server.ts';
import { Heard, openResolver } from './resolver-support.ts';

/** A system look-up that answers when the test says so. */
function stubSystem() {
  const asked: { host: string; answer: SystemAnswer; isGivenUp: boolean }[] = [];
  let isDisposed = false;
  const system = {
    lookup(host: string, answer: SystemAnswer) {
      const one = { host, answer, isGivenUp: false };
      asked.push(one);
      return {
        [Symbol.dispose]: () => {
          one.isGivenUp = true;
        },
      };
    },
    [Symbol.dispose]: () => {
      isDisposed = true;
    },
  };
  return { system, asked, isDisposed: () => isDisposed };
}

const failed = (code: string) => Object.assign(new Error(code), { code });

test('HostResolver: looks up many names at once, and unanswered ones delay none', async (t) => {
  const many = Array.from({ length: 100 }, (_, i) => `h${i}.example`);
  const silent = Array.from({ length: 60 }, (_, i) => `silent${i}.example`);
  const server = await serveNames(t, {
    ...Object.fromEntries(many.map((name) => [name, a('192.0.2.1')])),
    ...Object.fromEntries(silent.map((name) => [name, SILENT])),
  });
  const { lookup } = await openResolver(t, { servers: [server.address] });
  const unheard = silent.map(lookup);
  const heard = await Promise.all(many.map((name) => lookup(name).all()));
  assert.deepEqual(new Set(heard.flat()), new Set(['192.0.2.1']));
  assert.ok(unheard.every(({ events }) => events.length === 0));
});

test('HostResolver: one query serves all concurrent look-ups of a host', async (t) => {
  const release = Promise.withResolvers<void>();
  const answer = { addresses: ['192.0.2.1', '192.0.2.2'], after: release.promise };
  const server = await serveNames(t, { 'h.example': { A: answer } });
  const { lookup } = await openResolver(t, { servers: [server.address] });
  const heard = Array.from({ length: 100 }, () => lookup('h.example'));
  const other = lookup('H.Example');
  await until(() => server.queries.length > 0);
  release.resolve();
  for (const each of [...heard, other]) {
    const [first = '', ...more] = await each.all();
    assert.deepEqual([first.split(' ').sort(), more], [['192.0.2.1', '192.0.2.2'], []]);
  }
  assert.deepEqual(server.queries, ['A h.example']);
});

test('HostResolver: keeps an answer for its TTL, between a second and an hour', async (t) => {
  for (const [ttl, kept] of [
    [0, 1_000],
    [30, 30_000],
    [1_000_000, 3_600_000],
  ] as const) {
    await t.test(`${ttl} s`, async (t) => {
      const server = await serveNames(t, { 'h.example': { A: { addresses: ['192.0.2.1'], ttl } } });
      const { lookup, elapse } = await openResolver(t, { servers: [server.address] });
      await lookup('h.example').all();
      elapse(kept - 1);
      server.names.set('h.example', a('192.0.2.2'));
      assert.deepEqual(lookup('h.example').events, ['192.0.2.1'], 'told at once');
      elapse(1);
      assert.deepEqual(await lookup('h.example').all(), ['192.0.2.2']);
      assert.equal(server.queries.length, 2);
    });
  }
});

test('HostResolver: takes the shortest TTL of the records, including the alias', async (t) => {
  const server = await serveNames(t, {
    'h.example': { cname: 'cdn.example', A: { addresses: ['192.0.2.1'], ttl: 5 } },
  });
  const { lookup, elapse } = await openResolver(t, { servers: [server.address] });
  assert.deepEqual(await lookup('h.example').all(), ['192.0.2.1']);
  elapse(5_000);
  await lookup('h.example').all();
  assert.equal(server.queries.length, 2);
});

test('HostResolver: keeps a missing host for 250 ms, and for a minute once confirmed', async (t) => {
  const server = await serveNames(t, {});
  const { lookup, elapse } = await openResolver(t, { servers: [server.address] });
  assert.deepEqual(await lookup('h.example').all(), ['ENOTFOUND']);
  elapse(249);
  assert.deepEqual(lookup('h.example').events, ['ENOTFOUND'], 'told at once');
  assert.equal(server.queries.length, 1);
  elapse(1);
  await lookup('h.example').all();
  assert.equal(server.queries.length, 2);
  elapse(59_999);
  await lookup('h.example').all();
  assert.equal(server.queries.length, 2);
  elapse(1);
  server.names.set('h.example', a('192.0.2.1'));
  assert.deepEqual(await lookup('h.example').all(), ['192.0.2.1']);
  elapse(60_000);
  server.names.delete('h.example');
  await lookup('h.example').all();
  elapse(250);
  await lookup('h.example').all();
  assert.equal(server.queries.length, 5, 'a success in between counts');
});

test('HostResolver: keeps a failure of name servers for 250 ms only', async (t) => {
  const server = await serveNames(t, { 'h.example': both({ code: 'REFUSED' }) });
  const { lookup, elapse } = await openResolver(t, { servers: [server.address] });
  for (let i = 0; i < 3; i++) {
    assert.deepEqual(await lookup('h.example').all(), ['EREFUSED']);
    elapse(250);
  }
  server.names.set('h.example', a('192.0.2.1'));
  assert.deepEqual(await lookup('h.example').all(), ['192.0.2.1']);
});

for (const [what, records, expected] of [
  ['NXDOMAIN', undefined, 'ENOTFOUND'],
  ['NODATA', {}, 'ENODATA'],
  ['SERVFAIL', both({ code: 'SERVFAIL' }), 'ESERVFAIL'],
  ['REFUSED', both({ code: 'REFUSED' }), 'EREFUSED'],
] as const) {
  test(`HostResolver: ${what} is ${expected}`, async (t) => {
    const server = await serveNames(t, {});
    if (records !== undefined) server.names.set('h.example', records);
    const { lookup } = await openResolver(t, { servers: [server.address] });
    assert.deepEqual(await lookup('h.example').all(), [expected]);
  });
}

test('HostResolver: ignores bytes that are not an answer', async (t) => {
  const server = await serveNames(t, { 'h.example': both({ how: 'garbage' }) });
  const { lookup } = await openResolver(t, { servers: [server.address] });
  const heard = lookup('h.example');
  await until(() => server.queries.length > 0);
  server.names.set('h.example', a('192.0.2.1'));
  assert.deepEqual(await heard.all(), ['192.0.2.1']);
});

test('HostResolver: repeats a query over TCP when the answer is too long for UDP', async (t) => {
  const addresses = Array.from({ length: 60 }, (_, i) => `192.0.2.${i + 1}`);
  const answer = { addresses, how: 'truncated' } as const;
  const server = await serveNames(t, { 'h.example': { A: answer } });
  const { lookup } = await openResolver(t, { servers: [server.address] });
  const [all = ''] = await lookup('h.example').all();
  assert.deepEqual(new Set(all.split(' ')), new Set(addresses));
  assert.equal(server.overTcp(), 1);
});

test('HostResolver: fails at once when name servers refuse queries', async (t) => {
  const { lookup } = await openResolver(t, { servers: ['127.0.0.1:1'] });
  assert.deepEqual(await lookup('h.example').all(), ['ECONNREFUSED']);
});

test('HostResolver: skips a name server that is down', async (t) => {
  const server = await serveNames(t, { 'h.example': a('192.0.2.1') });
  const { lookup } = await openResolver(t, { servers: ['127.0.0.1:1', server.address] });
  assert.deepEqual(await lookup('h.example').all(), ['192.0.2.1']);
});

for (const [what, host] of [
  ['an empty label', 'a..b'],
  ['a label of 64 letters', `${'x'.repeat(64)}.example`],
  ['more than 255 letters', `${'x'.repeat(50)}.`.repeat(6)],
  ['a percent sign', 'a%b.example'],
] as const) {
  test(`HostResolver: refuses a name with ${what}`, async (t) => {
    const server = await serveNames(t, {});
    const { lookup } = await openResolver(t, { servers: [server.address] });
    assert.deepEqual(await lookup(host).all(), ['EBADNAME']);
    assert.deepEqual(server.queries, []);
  });
}

test('HostResolver: accepts underscores and the root', async (t) => {
  const server = await serveNames(t, { 'a_b.example': a('192.0.2.1'), '': {} });
  const { lookup } = await openResolver(t, { servers: [server.address] });
  assert.deepEqual(await lookup('a_b.example').all(), ['192.0.2.1']);
  assert.deepEqual(await lookup('.').all(), ['ENODATA']);
});

test('HostResolver: asks for both families at once with IPv6, and for AAAA after A without it', async (t) => {
  const server = await serveNames(t, {
    'both.example': { A: { addresses: ['192.0.2.1'] }, AAAA: { addresses: ['2001:db8::1'] } },
    'six.example': { AAAA: { addresses: ['2001:db8::6'] } },
  });
  const servers = [server.address];
  const without = await openResolver(t, { servers });
  assert.deepEqual(await without.lookup('both.example').all(), ['192.0.2.1']);
  assert.deepEqual(await without.lookup('six.example').all(), ['2001:db8::6']);
  assert.deepEqual(server.queries, ['A both.example', 'A six.example', 'AAAA six.example']);
  const having = await openResolver(t, { servers, hasIpv6: () => true });
  const heard = (await having.lookup('both.example').all()).join(' ').split(' ');
  assert.deepEqual(
    heard.filter((word) => word !== 'more'),
    ['2001:db8::1', '192.0.2.1'],
  );
  assert.deepEqual(server.queries.slice(3).sort(), ['A both.example', 'AAAA both.example']);
});

test('HostResolver: checks for IPv6 again after 10 s', async (t) => {
  const server = await serveNames(t, {});
  let looks = 0;
  const hasIpv6 = () => ++looks > 1;
  const { lookup, elapse } = await openResolver(t, { servers: [server.address], hasIpv6 });
  await lookup('a.example').all();
  elapse(9_999);
  await lookup('b.example').all();
  assert.deepEqual(server.queries, ['A a.example', 'A b.example']);
  elapse(1);
  await lookup('c.example').all();
  assert.equal(server.queries.length, 4);
});

test('HostResolver: keeps the last answer when the system cannot tell about IPv6', async (t) => {
  const server = await serveNames(t, {});
  let looks = 0;
  const hasIpv6 = () => {
    if (++looks === 1) return true;
    throw new Error('EMFILE');
  };
  const { lookup, elapse } = await openResolver(t, { servers: [server.address], hasIpv6 });
  await lookup('a.example').all();
  elapse(10_000);
  await lookup('b.example').all();
  assert.equal(server.queries.filter((query) => query.startsWith('AAAA')).length, 2);
});

test('HostResolver: waits 50 ms for the other family, and reports it when it comes', async (t) => {
  const release = Promise.withResolvers<void>();
  const server = await serveNames(t, {
    'h.example': {
      A: { addresses: ['192.0.2.1'] },
      AAAA: { addresses: ['2001:db8::1'], after: release.promise },
    },
  });
  const options = { servers: [server.address], hasIpv6: () => true };
  const { lookup, resolver } = await openResolver(t, options);
  const heard = lookup('h.example');
  await until(() => heard.events.length > 0);
  assert.deepEqual(heard.events, ['192.0.2.1 more']);
  const late = lookup('h.example');
  const leaving = new Heard();
  const left = resolver.lookup('h.example', leaving);
  assert.deepEqual([late.events, leaving.events], [['192.0.2.1 more'], ['192.0.2.1 more']]);
  left[Symbol.dispose]();
  release.resolve();
  assert.deepEqual(await late.all(), ['192.0.2.1 more', '2001:db8::1']);
  assert.deepEqual(heard.events, late.events);
  assert.deepEqual(leaving.events, ['192.0.2.1 more']);
  assert.deepEqual(lookup('h.example').events, ['192.0.2.1 2001:db8::1']);
});

test('HostResolver: tries search domains for names with few dots, and none after a final dot', async (t) => {
  const server = await serveNames(t, {
    'h.corp.example': a('192.0.2.1'),
    'a.b': a('192.0.2.2'),
    'a.b.corp.example': a('192.0.2.3'),
    h: a('192.0.2.4'),
  });
  const { lookup, write } = await openResolver(t, { servers: [server.address] });
  await write('resolvConf', 'search lab.example corp.example\n');
  assert.deepEqual(await lookup('h').all(), ['192.0.2.1']);
  assert.deepEqual(server.queries, ['A h.lab.example', 'A h.corp.example']);
  assert.deepEqual(await lookup('a.b').all(), ['192.0.2.2']);
  assert.deepEqual(await lookup('h.').all(), ['192.0.2.4']);
  await write('resolvConf', 'search corp.example\noptions ndots:2\n');
  assert.deepEqual(await lookup('a.b.').all(), ['192.0.2.2']);
  await write('hosts', '');
  assert.deepEqual(await lookup('x.y').all(), ['ENOTFOUND']);
  assert.deepEqual(server.queries.slice(-2), ['A x.y.corp.example', 'A x.y']);
});

test('HostResolver: /etc/hosts comes first, and is read again when it changes', async (t) => {
  const server = await serveNames(t, { 'h.example': a('192.0.2.9') });
  const { lookup, write } = await openResolver(t, { servers: [server.address] });
  await write('hosts', '192.0.2.1 h.example H2\n2001:db8::1 h.example\n');
  assert.deepEqual(lookup('h.example').events, ['192.0.2.1 2001:db8::1']);
  assert.deepEqual(lookup('H2.').events, ['192.0.2.1']);
  await write('hosts', '192.0.2.22 h2\n');
  assert.deepEqual(lookup('h2').events, ['192.0.2.22']);
  assert.deepEqual(await lookup('h.example').all(), ['192.0.2.9']);
});

test('HostResolver: localhost and names below it are this machine, whatever name servers say', async (t) => {
  const server = await serveNames(t, { localhost: a('192.0.2.1'), 'a.localhost': a('192.0.2.1') });
  const { lookup, write } = await openResolver(t, { servers: [server.address] });
  for (const host of ['localhost', 'LOCALHOST.', 'a.localhost', 'a.b.localhost.']) {
    assert.deepEqual(lookup(host).events, ['127.0.0.1 ::1'], host);
  }
  await write('hosts', '127.0.0.1 localhost\n');
  assert.deepEqual(lookup('localhost').events, ['127.0.0.1']);
  assert.deepEqual(server.queries, []);
});

test('HostResolver: after a change of resolv.conf, new look-ups follow it, and pending ones are answered', async (t) => {
  const release = Promise.withResolvers<void>();
  const late = { A: { addresses: ['192.0.2.1'], after: release.promise } };
  const server = await serveNames(t, { 'h.example': late, 'other.example': a('192.0.2.2') });
  const { lookup, write } = await openResolver(t, { servers: [server.address] });
  const heard = lookup('h.example');
  await until(() => server.queries.length === 1);
  await write('resolvConf', 'search example\n');
  assert.deepEqual(await lookup('other').all(), ['192.0.2.2']);
  release.resolve();
  assert.deepEqual(await heard.all(), ['192.0.2.1']);
});

test('HostResolver: a name that no look-up waits for any more is asked for anew', async (t) => {
  const server = await serveNames(t, { 'h.example': SILENT });
  const { lookup, resolver } = await openResolver(t, { servers: [server.address] });
  const given = resolver.lookup('h.example', new Heard());
  await until(() => server.queries.length === 1);
  given[Symbol.dispose]();
  server.names.set('h.example', a('192.0.2.1'));
  assert.deepEqual(await lookup('h.example').all(), ['192.0.2.1']);
});

test('HostResolver: a disposed look-up reports nothing, the others everything', async (t) => {
  const server = await serveNames(t, { 'h.example': a('192.0.2.1') });
  const { lookup, resolver } = await openResolver(t, { servers: [server.address] });
  const [first, second] = [new Heard(), lookup('h.example')];
  resolver.lookup('h.example', first)[Symbol.dispose]();
  await second.all();
  assert.deepEqual(first.events, []);
});

test('HostResolver: a listener may dispose of another during a report', async (t) => {
  const server = await serveNames(t, {});
  const { resolver } = await openResolver(t, { servers: [server.address] });
  const other = new Heard();
  const isTold = Promise.withResolvers<void>();
  resolver.lookup('h.example', {
    onAddresses: () => assert.fail('there are none'),
    onFailure() {
      otherLookup[Symbol.dispose]();
      isTold.resolve();
    },
  });
  const otherLookup = resolver.lookup('h.example', other);
  await isTold.promise;
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(other.events, []);
});

test('HostResolver: reports and starts nothing after disposal', async (t) => {
  const server = await serveNames(t, {
    'h.example': { A: { addresses: ['192.0.2.1'] }, AAAA: { how: 'silence' } },
    'silent.example': SILENT,
    'known.example': both({ addresses: [] }),
  });
  const options = { servers: [server.address], hasIpv6: () => true };
  const { lookup, resolver } = await openResolver(t, options);
  await lookup('known.example').all();
  const heard = [lookup('h.example'), lookup('silent.example')];
  await until(() => server.queries.length === 6);
  // The A record is held back by now, waiting for the AAAA record.
  await new Promise((resolve) => setTimeout(resolve, 10));
  resolver[Symbol.dispose]();
  heard.push(lookup('known.example'), lookup('localhost'), lookup('new.example'));
  await new Promise((resolve) => setTimeout(resolve, 70));
  for (const { events } of heard) assert.deepEqual(events, []);
  assert.equal(server.queries.length, 6);
});

test('HostResolver: the system resolves names that nsswitch.conf gives it first, without DNS', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const { system, asked, isDisposed } = stubSystem();
  const { lookup, write, elapse, resolver } = await openResolver(t, { system });
  await write('nsswitch', 'hosts: files nis\n');
  const heard = [lookup('h.example'), lookup('h.example')];
  assert.deepEqual(
    asked.map(({ host }) => host),
    ['h.example'],
  );
  asked[0]?.answer(undefined, ['192.0.2.1']);
  for (const { events } of heard) assert.deepEqual(events, ['192.0.2.1']);
  elapse(59_999);
  assert.deepEqual(lookup('h.example').events, ['192.0.2.1']);
  elapse(1);
  const failing = lookup('h.example');
  asked[1]?.answer(failed('ENOTFOUND'), []);
  assert.deepEqual(failing.events, ['ENOTFOUND']);
  resolver[Symbol.dispose]();
  assert.equal(isDisposed(), true);
});

test('HostResolver: ends the system’s look-up when nothing waits for it, and begins anew for the next', {
  skip: process.platform !== 'linux',
}, async (t) => {
  const { system, asked } = stubSystem();
  const { lookup, write, resolver } = await openResolver(t, { system });
  await write('nsswitch', 'hosts: files nis\n');
  const lookups = [1, 2].map(() => resolver.lookup('h.example', new Heard()));
  lookups[0]?.[Symbol.dispose]();
  assert.equal(asked[0]?.isGivenUp, false);
  lookups[1]?.[Symbol.dispose]();
  assert.equal(asked[0]?.isGivenUp, true);
  const heard = lookup('h.example');
  asked[1]?.answer(undefined, ['192.0.2.1']);
  assert.deepEqual(heard.events, ['192.0.2.1']);
});

test('HostResolver: given name servers are asked instead of the system', async (t) => {
  const { system, asked } = stubSystem();
  const server = await serveNames(t, { 'h.example': a('192.0.2.1') });
  const { lookup, write } = await openResolver(t, { system, servers: [server.address] });
  await write('nsswitch', 'hosts: files nis\n');
  assert.deepEqual(await lookup('h.example').all(), ['192.0.2.1']);
  assert.deepEqual(await lookup('single').all(), ['ENOTFOUND']);
  assert.equal(asked.length, 0);
});
