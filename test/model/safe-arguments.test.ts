import assert from 'node:assert/strict';
import { test } from 'node:test';
import { safeArguments } from '../../src/model/safe-arguments.ts';

const cases: [args: string[], safe: string[]][] = [
  [
    ['get', '-i', 'list.txt', '-m', '8'],
    ['get', '-i', 'list.txt', '-m', '8'],
  ],
  [
    ['-H', 'Cookie: a', 'b'],
    ['-H', '***', 'b'],
  ],
  [['-HCookie: a'], ['-H***']],
  [
    ['--key', 'path', '--key', 'me.pem', '--key=url', '--key=me.pem'],
    ['--key', 'path', '--key', '***', '--key=url', '--key=***'],
  ],
  [
    ['--row-key', 'path', '--key-column=id'],
    ['--row-key', 'path', '--key-column=id'],
  ],
  [
    ['--header=Cookie: a', '--bearer', 'x'],
    ['--header=***', '--bearer', '***'],
  ],
  [
    ['-u', 'me:x', '--proxy', 'http://a:b@c'],
    ['-u', '***', '--proxy', '***'],
  ],
  [['https://me:x@example.com/a@b'], ['https://example.com/a@b']],
];

for (const [args, safe] of cases) {
  test(`safeArguments: of ${args.join(' ')}`, () => assert.deepEqual(safeArguments(args), safe));
}
