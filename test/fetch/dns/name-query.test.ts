import assert from 'node:assert/strict';
import type { RecordWithTtl } from 'node:dns';
import { type TestContext, test } from 'node:test';
import { NameQuery } from '../../../src/fetch/dns/name-query.ts';

type Answer = (error: NodeJS.ErrnoException | null, records: readonly RecordWithTtl[]) => void;

/** A query that the test answers, with a clock of its own. */
function open(t: TestContext, candidates: readonly string[], hasIpv6 = true) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const asked: string[] = [];
  const answers = new Map<string, Answer>();
  const told: unknown[] = [];
  const ended: string[] = [];
  const query = new NameQuery(
    (name, family, answer) => {
      asked.push(`${name} ${family}`);
      answers.set(`${name} ${family}`, answer);
      return { [Symbol.dispose]: () => void ended.push(`${name} ${family}`) };
    },
    candidates,
    hasIpv6,
    {
      onAddresses: (addresses, ttl, isLast) =>
        void told.push([addresses.join(' '), ttl, isLast ? 'last' : 'more']),
      onFailure: ({ code }) => void told.push(code),
    },
  );
  const answerTo = (question: string) => {
    const answer = answers.get(question);
    assert.ok(answer, question);
    return answer;
  };
  return {
    asked,
    ended,
    told,
    query,
    elapse: (ms: number) => t.mock.timers.tick(ms),
    find: (question: string, ttl: number, ...addresses: string[]) =>
      answerTo(question)(
        null,
        addresses.map((address) => ({ address, ttl })),
      ),
    fail: (question: string, code: string) =>
      answerTo(question)(Object.assign(new Error(code), { code }), []),
  };
}

test('NameQuery: A records wait 50 ms for AAAA records, which come first', (t) => {
  const { find, told, elapse } = open(t, ['h']);
  find('h 4', 30, '192.0.2.1', '192.0.2.2');
  elapse(49);
  assert.deepEqual(told, []);
  find('h 6', 60, '2001:db8::1');
  assert.deepEqual(told, [['2001:db8::1 192.0.2.1 192.0.2.2', 30, 'last']]);
  elapse(1_000);
  assert.equal(told.length, 1);
});

test('NameQuery: reports AAAA records that come later in addition', (t) => {
  const { find, told, elapse } = open(t, ['h']);
  find('h 4', 30, '192.0.2.1');
  elapse(50);
  assert.deepEqual(told, [['192.0.2.1', 30, 'more']]);
  find('h 6', 60, '2001:db8::1');
  assert.deepEqual(told[1], ['2001:db8::1', 60, 'last']);
});

test('NameQuery: AAAA records do not wait', (t) => {
  const { find, told } = open(t, ['h']);
  find('h 6', 60, '2001:db8::1');
  assert.deepEqual(told, [['2001:db8::1', 60, 'more']]);
  find('h 4', 30, '192.0.2.1');
  assert.deepEqual(told[1], ['192.0.2.1', 30, 'last']);
});

for (const code of ['ENODATA', 'ESERVFAIL', 'ETIMEOUT']) {
  test(`NameQuery: the addresses of one family are complete when the other ends with ${code}`, (t) => {
    for (const late of [false, true]) {
      const { find, fail, told, elapse } = open(t, ['h']);
      find('h 4', 30, '192.0.2.1');
      if (late) elapse(50);
      fail('h 6', code);
      const all = ['192.0.2.1', 30];
      const expected = late
        ? [
            [...all, 'more'],
            ['', 0, 'last'],
          ]
        : [[...all, 'last']];
      assert.deepEqual(told, expected);
      t.mock.timers.reset();
    }
    const { find, fail, told } = open(t, ['h']);
    find('h 6', 60, '2001:db8::1');
    fail('h 4', code);
    assert.deepEqual(told[1], ['', 0, 'last']);
  });
}

test('NameQuery: takes the shortest TTL of the records', async (t) => {
  const told: number[] = [];
  new NameQuery(
    (_name, _family, answer) => {
      queueMicrotask(() =>
        answer(
          null,
          [30, 10, 20].map((ttl) => ({ address: '192.0.2.1', ttl })),
        ),
      );
      return { [Symbol.dispose]() {} };
    },
    ['h'],
    false,
    { onAddresses: (_, ttl) => void told.push(ttl), onFailure: () => t.assert.fail() },
  );
  await Promise.resolve();
  assert.deepEqual(told, [10]);
});

test('NameQuery: without IPv6, asks for AAAA records if there is no A record', (t) => {
  const { asked, find, fail, told } = open(t, ['h', 'h.corp'], false);
  assert.deepEqual(asked, ['h 4']);
  fail('h 4', 'ENODATA');
  assert.deepEqual(asked, ['h 4', 'h 6']);
  find('h 6', 60, '2001:db8::1');
  assert.deepEqual(told, [['2001:db8::1', 60, 'last']]);
});

test('NameQuery: without IPv6, asks for a missing name once', (t) => {
  const { asked, fail, told } = open(t, ['h', 'h.corp'], false);
  fail('h 4', 'ENOTFOUND');
  fail('h.corp 4', 'ENODATA');
  fail('h.corp 6', 'ENODATA');
  assert.deepEqual([asked, told], [['h 4', 'h.corp 4', 'h.corp 6'], ['ENOTFOUND']]);
});

test('NameQuery: tries the candidates in turn until one has an address', (t) => {
  const { asked, find, fail, told } = open(t, ['a', 'b', 'c']);
  fail('a 6', 'ENOTFOUND');
  assert.deepEqual(asked, ['a 6', 'a 4']);
  fail('a 4', 'ENOTFOUND');
  find('b 6', 60);
  find('b 4', 60, '192.0.2.1');
  assert.deepEqual(asked, ['a 6', 'a 4', 'b 6', 'b 4']);
  assert.deepEqual(told, [['192.0.2.1', 60, 'last']]);
});

for (const [codes, expected] of [
  [['ENOTFOUND', 'ENOTFOUND', 'ENODATA', 'ENODATA'], 'ENOTFOUND'],
  [['ESERVFAIL', 'ENODATA', 'ENOTFOUND', 'ENOTFOUND'], 'ESERVFAIL'],
  [['ENOTFOUND', 'ENOTFOUND', 'ENOTFOUND', 'EREFUSED'], 'EREFUSED'],
  [['ENOTFOUND', 'ESERVFAIL', 'EBADNAME', 'EBADNAME'], 'ESERVFAIL'],
] as const) {
  test(`NameQuery: reports ${expected} for ${codes.join(', ')}`, (t) => {
    const { fail, told } = open(t, ['a', 'b']);
    for (const [i, question] of ['a 6', 'a 4', 'b 6', 'b 4'].entries()) {
      fail(question, codes[i] as string);
    }
    assert.deepEqual(told, [expected]);
  });
}

test('NameQuery: disposal ends its queries, and drops what it held back', (t) => {
  const { find, told, query, elapse, ended } = open(t, ['h']);
  find('h 4', 30, '192.0.2.1');
  query[Symbol.dispose]();
  assert.deepEqual(ended.sort(), ['h 4', 'h 6']);
  elapse(1_000);
  assert.deepEqual(told, []);
});
