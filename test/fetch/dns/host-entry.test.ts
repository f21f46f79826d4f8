import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostEntry } from '../../../src/fetch/dns/host-entry.ts';
import { Heard } from './resolver-support.ts';

const failure = Object.assign(new Error('no'), { code: 'ENOTFOUND' });

test('HostEntry: is stale once it is complete and has expired', () => {
  const entry = new HostEntry();
  assert.equal(entry.isStale(1_000_000), false);
  entry.add(['a'], 100, false);
  assert.equal(entry.isStale(100), false, 'more addresses may come');
  entry.add(['b'], 50, true);
  assert.deepEqual([entry.isStale(49), entry.isStale(50)], [false, true]);
});

test('HostEntry: counts failures in a row', () => {
  const entry = new HostEntry(3);
  entry.fail(failure, 10);
  assert.equal(entry.failures, 4);
  const other = new HostEntry(3);
  other.add([], 10, true);
  assert.equal(other.failures, 0);
});

test('HostEntry: a listener that joins during a report gets it once', () => {
  const entry = new HostEntry();
  const late = new Heard();
  entry.join({ onAddresses: () => void entry.join(late), onFailure() {} });
  entry.add(['a'], 10, false);
  assert.deepEqual(late.events, ['a more']);
});

test('HostEntry: a listener disposed of by another one gets no report', () => {
  for (const isLast of [true, false]) {
    const entry = new HostEntry();
    const other = new Heard();
    const end = () => lookup[Symbol.dispose]();
    entry.join({ onAddresses: end, onFailure: end });
    const lookup = entry.join(other);
    entry.add(['a'], 10, isLast);
    assert.deepEqual(other.events, []);
  }
});

test('HostEntry: the last listener ends what is under way, but not after the answer', () => {
  let ended = 0;
  const underWay = { [Symbol.dispose]: () => void ended++ };
  const entry = new HostEntry();
  const lookups = [entry.join(new Heard()), entry.join(new Heard())];
  entry.waitFor(underWay);
  lookups[0]?.[Symbol.dispose]();
  lookups[0]?.[Symbol.dispose]();
  assert.equal(ended, 0);
  lookups[1]?.[Symbol.dispose]();
  assert.deepEqual([ended, entry.isStale(0)], [1, true]);

  const answered = new HostEntry();
  const lookup = answered.join(new Heard());
  answered.waitFor(underWay);
  answered.add(['a'], 10, true);
  lookup[Symbol.dispose]();
  assert.deepEqual([ended, answered.isStale(0)], [1, false]);
});

test('HostEntry: ends at once what begins when nothing listens any more', () => {
  let ended = 0;
  const entry = new HostEntry();
  entry.join(new Heard())[Symbol.dispose]();
  entry.waitFor({ [Symbol.dispose]: () => void ended++ });
  assert.equal(ended, 1);
});
