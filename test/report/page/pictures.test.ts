import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Status } from '../../../src/model/outcome.ts';
import { type LookedAt, picturesOf } from '../../../src/report/page/pictures.ts';

const GIF = 'GIF89a, and so on';

/** Files by path; says which were opened, and whether all were closed. */
function filesOf(contents: Readonly<Record<string, string>>) {
  const opened: string[] = [];
  let open = 0;
  return {
    opened,
    isClosed: () => open === 0,
    open: async (path: string): Promise<LookedAt | undefined> => {
      opened.push(path);
      const text = contents[path];
      if (text === undefined) return undefined;
      open++;
      return {
        size: text.length,
        read: async (length) => Buffer.from(text.slice(0, length)),
        [Symbol.asyncDispose]: async () => void open--,
      };
    },
  };
}

function rowsOf(...rows: [path: string, bytes: number, status?: Status][]) {
  return {
    path: rows.map(([path]) => path),
    bytes: rows.map(([, bytes]) => bytes),
    status: rows.map(([, , status = 'ok']) => status),
  };
}

const BOUNDS = { count: 10, each: 100, together: 1_000, tries: 10 };

test('picturesOf: files that begin as pictures do, whatever they are called', async () => {
  const files = filesOf({ 'a.gif': GIF, 'b.gif': '<script>', c: GIF, d: 'text' });
  const rows = rowsOf(['d', 4], ['c', 17], ['b.gif', 8], ['a.gif', 17]);
  const src = `data:image/gif;base64,${btoa(GIF)}`;
  assert.deepEqual(await Array.fromAsync(picturesOf(rows, files.open, BOUNDS)), [
    { row: 3, src },
    { row: 1, src },
  ]);
  // Names only say where to look first.
  assert.deepEqual(files.opened, ['b.gif', 'a.gif', 'd', 'c']);
  assert.ok(files.isClosed());
});

test('picturesOf: nothing of rows that have no file, or too long a one, or one that is gone', async () => {
  const files = filesOf({ failed: GIF, long: GIF, grown: GIF.repeat(10) });
  const rows = rowsOf(
    ['', 0],
    ['failed', 17, 'failed'],
    ['long', 101],
    ['grown', 17],
    ['gone', 17],
  );
  assert.deepEqual(await Array.fromAsync(picturesOf(rows, files.open, BOUNDS)), []);
  assert.deepEqual(files.opened, ['grown', 'gone']);
  assert.ok(files.isClosed());
});

for (const [what, bounds, found] of [
  ['so many', { count: 2 }, 2],
  ['so many bytes', { together: 40 }, 2],
  ['so many tries', { tries: 3 }, 3],
] as const) {
  test(`picturesOf: no more than ${what}`, async () => {
    const files = filesOf({ a: GIF });
    const rows = rowsOf(...Array.from({ length: 6 }, (): [string, number] => ['a', GIF.length]));
    const pictures = picturesOf(rows, files.open, { ...BOUNDS, ...bounds });
    assert.equal((await Array.fromAsync(pictures)).length, found);
    assert.equal(files.opened.length, found);
  });
}
