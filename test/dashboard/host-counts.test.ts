import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostCounts } from '../../src/dashboard/host-counts.ts';

test('HostCounts: rows by host and port, the most first', () => {
  const counts = new HostCounts();
  counts.add('https://u:p@A.example/x', true, 10);
  counts.add('http://a.example?x', false, 0);
  counts.add('https://a.example:81/', true, 5);
  counts.add('no URL', false, 0);
  counts.add('https://b.example', true, 1);
  for (let i = 0; i < 3; i++) counts.add('https://c.example', true, 1);
  const { hosts, others } = counts.top(3);
  assert.deepEqual(hosts.slice(0, 2), [
    { host: 'c.example', rows: 3, notDone: 0, bytes: 3 },
    { host: 'a.example', rows: 2, notDone: 1, bytes: 10 },
  ]);
  assert.deepEqual([hosts.length, others], [3, 2]);
  assert.equal(
    counts.top(10).hosts.some(({ host }) => host === ''),
    true,
  );
});

test('HostCounts: what is in a host steers nothing', () => {
  const counts = new HostCounts();
  counts.add('https://\u202eevil\x07/', true, 0);
  assert.equal(counts.top(1).hosts[0]?.host, '\\u202eevil\\x07');
});

test('HostCounts: hosts without end take no memory without end', () => {
  const counts = new HostCounts();
  for (let i = 0; i < 100_100; i++) counts.add(`https://${i}.example/`, true, 1);
  counts.add('https://7.example/', true, 1);
  const { hosts, others } = counts.top(2);
  assert.deepEqual(
    hosts.map(({ host, rows }) => [host, rows]),
    [
      ['(others)', 100],
      ['7.example', 2],
    ],
  );
  assert.equal(others, 100_001 - 2);
});
