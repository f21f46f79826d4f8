import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { test } from 'node:test';
import { errorCode } from '../../src/model/error-code.ts';

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
