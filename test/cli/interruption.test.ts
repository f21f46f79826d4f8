import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { type Interruption, StopRules, watchForInterruption } from '../../src/cli/interruption.ts';
import type { FailureLimit } from '../../src/cli/options/values.ts';
import { EMPTY_TALLY } from '../../src/observe/tally.ts';
import { ended, startNode } from './run-flaghoist.ts';

const MODULE = JSON.stringify(new URL('../../src/cli/interruption.ts', import.meta.url));

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  test(`watchForInterruption: the first ${signal} aborts, a second one kills`, async () => {
    const child = startNode(
      '--input-type=module',
      '--eval',
      `import { watchForInterruption } from ${MODULE};
       const interruption = watchForInterruption();
       setInterval(() => {}, 1000); // Cleaning up that hangs.
       console.log('ready');
       interruption.aborted.onabort = () => console.log(interruption.signal);`,
    );
    const end = ended(child);
    const lines = createInterface(child.stdout);
    assert.deepEqual(await once(lines, 'line'), ['ready']);
    child.kill(signal);
    assert.deepEqual(await once(lines, 'line'), [signal]);
    child.kill(signal);
    assert.deepEqual(await end, { code: null, signal });
  });
}

test('watchForInterruption: disposal leaves no listener', () => {
  const before = [process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')];
  {
    using interruption = watchForInterruption();
    assert.equal(interruption.signal, undefined);
    assert.equal(process.listenerCount('SIGINT'), (before[0] ?? 0) + 1);
  }
  assert.deepEqual([process.listenerCount('SIGINT'), process.listenerCount('SIGTERM')], before);
});

/** Rules, and a controller in place of the user's signal. */
function rulesWith(limit: FailureLimit | undefined, runTimeout?: number) {
  const user = new AbortController();
  const interruption: Interruption = {
    aborted: user.signal,
    signal: undefined,
    [Symbol.dispose]() {},
  };
  return { user, rules: new StopRules(interruption, { limit, runTimeout }) };
}

const tally = (ok: number, failed: number) => ({ ...EMPTY_TALLY, ok, failed });

test('StopRules: stop at a count of failures', () => {
  using rules = rulesWith({ count: 2 }).rules;
  rules.check(tally(100, 1), { reason: 'http-500' });
  assert.equal(rules.signal.aborted, false);
  assert.equal(rules.why, undefined);
  rules.check(tally(100, 2), { reason: 'http-500' });
  assert.equal(rules.signal.aborted, true);
  assert.equal(rules.why, '2 of 102 rows had failed (--max-failures)');
  assert.equal(rules.isBroken, false);
});

test('StopRules: stop above a share of failures, from 20 rows on', () => {
  using rules = rulesWith({ share: 0.5 }).rules;
  rules.check(tally(0, 19), { reason: 'connect' });
  rules.check(tally(10, 10), { reason: 'connect' });
  assert.equal(rules.signal.aborted, false);
  rules.check(tally(10, 11), { reason: 'connect' });
  assert.equal(rules.why, '11 of 21 rows had failed (--max-failures)');
});

test('StopRules: without a limit any number of rows may fail', () => {
  using rules = rulesWith(undefined).rules;
  rules.check(tally(0, 1_000_000), { reason: 'http-500' });
  assert.equal(rules.signal.aborted, false);
});

test('StopRules: stop as broken when the disk is full', () => {
  using rules = rulesWith(undefined).rules;
  rules.check(tally(5, 1), { reason: 'disk-full' });
  assert.equal(rules.signal.aborted, true);
  assert.equal(rules.isBroken, true);
  assert.match(rules.why ?? '', /^the disk is full/);
});

test('StopRules: the first cause counts', () => {
  const { user, rules } = rulesWith({ count: 1 });
  user.abort();
  rules.check(tally(0, 1), { reason: 'disk-full' });
  assert.deepEqual([rules.signal.aborted, rules.why, rules.isBroken], [true, undefined, false]);
  rules[Symbol.dispose]();
});

test('StopRules: stop at a signal, also at one from before they were made', () => {
  const { user, rules } = rulesWith(undefined);
  assert.equal(rules.signal.aborted, false);
  user.abort();
  assert.deepEqual([rules.signal.aborted, rules.why], [true, undefined]);
  rules[Symbol.dispose]();
  const aborted = { aborted: AbortSignal.abort(), signal: undefined, [Symbol.dispose]() {} };
  using late = new StopRules(aborted, { limit: undefined, runTimeout: undefined });
  assert.equal(late.signal.aborted, true);
});

test('StopRules: stop when the time is up, and not before', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  using rules = rulesWith(undefined, 1000).rules;
  t.mock.timers.tick(999);
  assert.equal(rules.signal.aborted, false);
  t.mock.timers.tick(1);
  assert.equal(rules.why, 'its time was up (--run-timeout)');
});

test('StopRules: disposal leaves no timer and no listener', (t: TestContext) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { user, rules } = rulesWith(undefined, 1000);
  rules[Symbol.dispose]();
  t.mock.timers.tick(1000);
  assert.equal(rules.signal.aborted, false);
  assert.equal(getEventListeners(user.signal, 'abort').length, 0);
});
