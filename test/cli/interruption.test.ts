import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { watchForInterruption } from '../../src/cli/interruption.ts';
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
