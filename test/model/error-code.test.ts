import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { test } from 'node:test';
import { errorCode, unlessMissing } from '../../src/model/error-code.ts';

test('errorCode: what Node calls the error', () => {
  try {
    statSync('/no/such/file');
  } catch (error) {
    assert.equal(errorCode(error), 'ENOENT');
  }
});

test('errorCode: undefined for an error without a code, a code that is no text, and what is no error', () => {
  assert.equal(errorCode(new Error('ENOENT')), undefined);
  assert.equal(errorCode(Object.assign(new Error('a'), { code: 5 })), undefined);
  assert.equal(errorCode({ code: 'ENOENT' }), undefined);
  assert.equal(errorCode(undefined), undefined);
});

test('unlessMissing: undefined where nothing is at a path, or at the path above it', async () => {
  for (const path of ['/no/such/file', `${import.meta.filename}/below`]) {
    assert.equal(await unlessMissing(stat(path)), undefined);
  }
  await assert.rejects(unlessMissing(readdir(`${import.meta.filename}\0`)), TypeError);
  assert.equal(await unlessMissing(Promise.resolve(1)), 1);
});
