import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type AskAddresses, NameQuery } from '../../../src/fetch/dns/name-query.ts';

interface Given {
  readonly candidates?: readonly string[];
  readonly hasIpv6?: boolean;
}

/** A query whose answers come when the test says so, with a clock that the test turns forward. */
function setUp(t: TestContext, { candidates = ['h'], hasIpv6 = true }: Given = {}) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const answers = new Map<string, Parameters<AskAddresses>[2]>();
  const dropped: string[] = [];
  const told: unknown[] = [];
  const ask: AskAddresses = (name, family, answer) => {
    const question = `${name} ${family}`;
    answers.set(question, answer);
    return { [Symbol.dispose]: () => void dropped.push(question) };
  };
  const query = new NameQuery(ask, candidates, hasIpv6, {
    onAddresses: (addresses, ttl, isLast) => told.push([...addresses, ttl, isLast]),
    onFailure: ({ code }) => told.push(code),
  });
  const take = (question: string) => {
    const answer = answers.get(question);
    assert.ok(answer, `${question} is asked`);
    answers.delete(question);
    return answer;
  };
  return {
    query,
    told,
    dropped,
    asked: () => [...answers.keys()],
    /** @param addresses with a TTL of 60 s, or as `address ttl` */
    answer(question: string, ...addresses: readonly string[]) {
      const records = addresses.map((text) => {
        const [address = '', ttl = 60] = text.split(' ');
        return { address, ttl: Number(ttl) };
      });
      take(question)(null, records as Parameters<Parameters<AskAddresses>[2]>[1]);
    },
    fail(question: string, code: string) {
      take(question)(Object.assign(new Error(code), { code }), []);
    },
    pass: (ms: number) => t.mock.timers.tick(ms),
  };
}

test('NameQuery: with IPv6 both families are asked for at once, AAAA first', (t) => {
  assert.deepEqual(setUp(t).asked(), ['h 6', 'h 4']);
});

test('NameQuery: AAAA records are used at once, A records as they come', (t) => {
  const { told, answer } = setUp(t);
  answer('h 6', '::1');
  assert.deepEqual(told, [['::1', 60, false]]);
  answer('h 4', '1.1.1.1');
  assert.deepEqual(told, [
    ['::1', 60, false],
    ['1.1.1.1', 60, true],
  ]);
});

test('NameQuery: A records wait 50 ms for AAAA records, and the families take turns', (t) => {
  const { told, answer, pass } = setUp(t);
  answer('h 4', '1.1.1.1 30', '1.1.1.2 20');
  pass(49);
  assert.deepEqual(told, []);
  answer('h 6', '::1', '::2');
  assert.deepEqual(told, [['::1', '1.1.1.1', '::2', '1.1.1.2', 20, true]]);
  pass(10);
  assert.equal(told.length, 1);
});

test('NameQuery: A records wait for AAAA records no longer than 50 ms', (t) => {
  const { told, answer, pass } = setUp(t);
  answer('h 4', '1.1.1.1');
  pass(50);
  assert.deepEqual(told, [['1.1.1.1', 60, false]]);
  answer('h 6', '::1 5');
  assert.deepEqual(told[1], ['::1', 5, true]);
});

for (const code of ['ENODATA', 'ESERVFAIL', 'ETIMEOUT']) {
  test(`NameQuery: ${code} for one family ends the wait for it`, (t) => {
    const { told, answer, fail } = setUp(t);
    answer('h 4', '1.1.1.1');
    fail('h 6', code);
    assert.deepEqual(told, [['1.1.1.1', 60, true]]);
  });

  test(`NameQuery: ${code} for one family leaves the other’s addresses the last`, (t) => {
    const { told, answer, fail } = setUp(t);
    answer('h 6', '::1');
    fail('h 4', code);
    assert.deepEqual(told, [
      ['::1', 60, false],
      [0, true],
    ]);
  });
}

test('NameQuery: no family has an address', (t) => {
  const { told, fail } = setUp(t);
  fail('h 6', 'ENODATA');
  assert.deepEqual(told, []);
  fail('h 4', 'ENODATA');
  assert.deepEqual(told, ['ENODATA']);
});

test('NameQuery: an answer without records is that there are none', (t) => {
  const { told, answer } = setUp(t, { hasIpv6: false });
  answer('h 4');
  answer('h 6');
  assert.deepEqual(told, ['ENODATA']);
});

test('NameQuery: what a server could not say counts for more than what another did not find', (t) => {
  for (const [first, second] of [
    ['ENOTFOUND', 'ESERVFAIL'],
    ['ESERVFAIL', 'ENOTFOUND'],
  ] as const) {
    t.mock.timers.reset();
    const { told, fail } = setUp(t, { candidates: ['h.a', 'h'], hasIpv6: false });
    fail('h.a 4', first);
    fail('h 4', second);
    assert.deepEqual(told, ['ESERVFAIL']);
  }
});

test('NameQuery: without IPv6 AAAA records are asked for once there is no A record', (t) => {
  const { told, asked, fail, answer } = setUp(t, { hasIpv6: false });
  assert.deepEqual(asked(), ['h 4']);
  fail('h 4', 'ENODATA');
  assert.deepEqual(asked(), ['h 6']);
  answer('h 6', '::1');
  assert.deepEqual(told, [['::1', 60, true]]);
});

test('NameQuery: without IPv6 a name that does not exist is not asked for again', (t) => {
  const { told, asked, fail } = setUp(t, { hasIpv6: false });
  fail('h 4', 'ENOTFOUND');
  assert.deepEqual([told, asked()], [['ENOTFOUND'], []]);
});

test('NameQuery: candidates are tried one after the other, until one has an address', (t) => {
  const { told, asked, answer, fail } = setUp(t, { candidates: ['h.a', 'h.b', 'h'] });
  fail('h.a 6', 'ENOTFOUND');
  assert.deepEqual(asked(), ['h.a 4']);
  fail('h.a 4', 'ENOTFOUND');
  assert.deepEqual(asked(), ['h.b 6', 'h.b 4']);
  answer('h.b 6', '::1');
  answer('h.b 4', '1.1.1.1');
  assert.deepEqual(told, [
    ['::1', 60, false],
    ['1.1.1.1', 60, true],
  ]);
  assert.deepEqual(asked(), []);
});

test('NameQuery: disposed of, what is asked is dropped, and addresses that wait are not told', (t) => {
  const { query, told, dropped, answer, pass } = setUp(t);
  answer('h 4', '1.1.1.1');
  query[Symbol.dispose]();
  pass(1_000);
  assert.deepEqual(told, []);
  assert.ok(dropped.includes('h 6'));
});
