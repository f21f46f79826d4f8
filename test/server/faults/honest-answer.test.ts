import assert from 'node:assert/strict';
import { test } from 'node:test';
import { honestAnswer } from '../../../src/server/faults/honest-answer.ts';

const FILE = { body: Buffer.from('0123456789'), type: 'text/plain', etag: '"x"' };

const ask = (headers: Record<string, string>) => {
  const { status, body, headers: given } = honestAnswer({ headers }, FILE);
  return [status, body.toString(), given['content-range']];
};

for (const [what, headers, answer] of [
  ['the whole file', {}, [200, '0123456789', undefined]],
  ['a range to the end', { range: 'bytes=4-' }, [206, '456789', 'bytes 4-9/10']],
  ['a range within', { range: 'bytes=4-5' }, [206, '45', 'bytes 4-5/10']],
  ['a range past the end, cut', { range: 'bytes=8-99' }, [206, '89', 'bytes 8-9/10']],
  ['416 beyond the end', { range: 'bytes=10-' }, [416, '', 'bytes */10']],
  [
    'a range of the same version',
    { range: 'bytes=9-', 'if-range': '"x"' },
    [206, '9', 'bytes 9-9/10'],
  ],
  [
    'the whole of another',
    { range: 'bytes=9-', 'if-range': '"y"' },
    [200, '0123456789', undefined],
  ],
  [
    'the whole file for a range that it does not know',
    { range: 'bytes=-3' },
    [200, '0123456789', undefined],
  ],
  ['304 for the known version', { 'if-none-match': '"x"' }, [304, '', undefined]],
] as const) {
  test(`honestAnswer: ${what}`, () => assert.deepEqual(ask(headers), answer));
}
