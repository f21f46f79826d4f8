import assert from 'node:assert/strict';
import { test } from 'node:test';
import { copyChunks, type Draft } from '../../../src/save/sinks/sink.ts';

const ITEM = { index: 0, url: 'http://h/a' };
const SAVED = { path: 'a', bytes: 3 };

/** A draft that keeps what it is given, and notes what is asked of it. */
function keeping(isSegmented: boolean) {
  const kept: Uint8Array[] = [];
  const calls: string[] = [];
  const keep = (chunk: Uint8Array): undefined => {
    kept.push(chunk);
  };
  const draft: Draft = {
    part: { bytes: 7 },
    begin: () => calls.push('begin'),
    write: keep,
    restart: async () => void calls.push('restart'),
    commit: async () => SAVED,
    discard: async (options) => void calls.push(`discard ${options?.keep}`),
    ...(isSegmented && {
      range: (start: number) => ({
        write: keep,
        finish: async () => void calls.push(`${start}`),
      }),
      join: async () => void calls.push('join'),
    }),
  };
  return { draft, kept, calls };
}

for (const kind of ['a draft', 'a promise of one'] as const) {
  test(`copyChunks: a sink that returns ${kind} may keep its chunks`, async () => {
    const { draft, kept } = keeping(true);
    const sink = copyChunks({
      open: () => (kind === 'a draft' ? draft : Promise.resolve(draft)),
    });
    const owning = await sink.open(ITEM);
    const lent = Buffer.from('abc');
    owning.write(lent);
    owning.range?.(0).write(lent);
    lent.fill('x');
    assert.deepEqual(kept.map(String), ['abc', 'abc']);
  });
}

test('copyChunks: passes all other calls on to the draft', async () => {
  const { draft, calls } = keeping(true);
  const owning = await copyChunks({ open: () => draft }).open(ITEM);
  owning.begin({ httpStatus: 200, url: ITEM.url, offset: 0 });
  await owning.restart();
  await owning.range?.(5).finish();
  await owning.join?.();
  await owning.discard({ keep: true });
  assert.deepEqual(calls, ['begin', 'restart', '5', 'join', 'discard true']);
  assert.deepEqual([owning.part, await owning.commit()], [{ bytes: 7 }, SAVED]);
});

test('copyChunks: a draft without ranges has none', async () => {
  const owning = await copyChunks({ open: () => keeping(false).draft }).open(ITEM);
  assert.deepEqual([owning.range, owning.join], [undefined, undefined]);
});
