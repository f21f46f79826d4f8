import assert from 'node:assert/strict';
import { test } from 'node:test';
import { argumentError, cloneError } from '../../src/concurrency/clone-error.ts';

function thrownBy(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}

test('cloneError: a DataCloneError that says what, and why as its cause', () => {
  const cause = new Error('too odd.');
  const error = cloneError('the result', cause);
  assert.equal(error.name, 'DataCloneError');
  assert.equal(error.message, 'the result cannot be sent between threads: too odd.');
  assert.equal(error.cause, cause);
});

test('argumentError: counts the arguments from 1', () => {
  const args = [1, { deep: () => {} }, Symbol('s')];
  const cause = thrownBy(() => structuredClone(args));
  const error = argumentError(args, cause);
  assert.match(error.message, /^argument 2 cannot be sent between threads: \(\) => \{\} could not/);
  assert.equal(error.cause, cause);
});

test('argumentError: does not blame an argument that fails for another reason', () => {
  const { port1, port2 } = new MessageChannel();
  const args = [port1, () => {}];
  const cause = thrownBy(() => structuredClone(args, { transfer: [port1] }));
  assert.match(argumentError(args, cause).message, /^argument 2 /);
  port1.close();
  port2.close();
});

test('argumentError: names none when each by itself can be sent', () => {
  const error = argumentError([1], new Error('Found invalid value in transferList.'));
  assert.match(error.message, /^the arguments cannot be sent between threads: Found invalid/);
});
