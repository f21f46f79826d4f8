import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { cpuTimeOf, ThreadTimes } from '../../../bench/measure/thread-times.ts';

const isLinux = process.platform === 'linux';

test('cpuTimeOf: the kernel’s account of a process; undefined for one that has ended', {
  skip: !isLinux,
}, () => {
  const { user, system } = process.cpuUsage();
  const found = cpuTimeOf(String(process.pid));
  // In ms, by ticks of 10.
  const difference = (found?.user ?? 0) + (found?.system ?? 0) - (user + system) / 1000;
  assert.ok(Math.abs(difference) < 200, `${difference}`);
  assert.equal(cpuTimeOf('no-process'), undefined);
});

test('ThreadTimes: adds up the times of threads with the same name', {
  skip: !isLinux,
}, async () => {
  using times = new ThreadTimes(process.pid);
  while (times.byName.size === 0) await sleep(5);
  const names = [...times.byName.keys()];
  assert.ok(
    names.some((name) => name.includes('Main')),
    names.join(),
  );
  // V8 has several threads with this name.
  assert.equal(names.filter((name) => name.includes('V8Worker')).length, 1);
});
