import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { safePath } from '../../../src/save/names/safe-path.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { hostileText } from '../hostile.ts';

test('safePath: never leads out of where it is used, nor to what is the run’s own', () => {
  const property = fc.property(
    fc.option(hostileText, { nil: undefined }),
    hostileText,
    (directory, path) => {
      const safe = safePath(directory, path);
      for (const { join, relative, isAbsolute, sep } of [posix, win32]) {
        const root = join(sep, 'root', 'run');
        const back = relative(root, join(root, safe));
        assert.ok(back !== '' && back.split(sep)[0] !== '..' && !isAbsolute(back), back);
        assert.equal(back.split(sep).length, safe.split('/').length, 'no segment is dropped');
      }
      for (const segment of safe.split('/')) {
        assert.ok(Buffer.byteLength(segment) <= 231);
        assert.doesNotMatch(segment, /^$|[\p{Cc}\\:*?"<>|]|[. ]$/u);
      }
      const first = (safe.split('/')[0] ?? '').toUpperCase().toLowerCase();
      assert.notEqual(first, '.flaghoist');
    },
  );
  fc.assert(property, propertyRuns(2_000));
});

for (const [directory, path, safe] of [
  [undefined, 'a.gif', 'a.gif'],
  [undefined, 'h/x/a.gif', 'h/x/a.gif'],
  [undefined, '//x///a.gif', 'x/a.gif'],
  [undefined, 'x/', 'x/_'],
  [undefined, '', '_'],
  ['sub', 'a.gif', 'sub/a.gif'],
  ['sub/deep', 'h/a.gif', 'sub/deep/h/a.gif'],
  ['sub\\deep', 'a.gif', 'sub/deep/a.gif'],
  ['./sub/.', 'a.gif', 'sub/a.gif'],
  ['/etc', 'passwd', 'etc/passwd'],
  ['C:\\etc', 'passwd', 'C_/etc/passwd'],
  ['../..', 'a.gif', '_/_/a.gif'],
  ['', 'a.gif', 'a.gif'],
  ['.flaghoist', 'ledger.db', '_.flaghoist/ledger.db'],
  ['./.FLAGHOIST/parts', 'x', '_.FLAGHOIST/parts/x'],
  [undefined, '.flaghoist', '_.flaghoist'],
  ['sub/.flaghoist', 'x', 'sub/_.flaghoist/x'],
  ['.hidden', 'x', '.hidden/x'],
] as const) {
  test(`safePath: ${path} in ${directory} is ${safe}`, () => {
    assert.equal(safePath(directory, path), safe);
  });
}
