// Slow: starts threads.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { deserializeThrow, serializeThrow } from '../../src/concurrency/serialized-error.ts';

/** What arrives of `thrown` on another thread. */
function sent(thrown: unknown): unknown {
  return deserializeThrow(structuredClone(serializeThrow(thrown)));
}

function sentError(error: Error): Error & Record<string, unknown> {
  return sent(error) as Error & Record<string, unknown>;
}

test('serializeThrow: keeps name, message and stack', () => {
  const error = new Error('broken');
  const copy = sentError(error);
  assert.deepEqual(copy, error);
  assert.equal(copy.stack, error.stack);
  assert.deepEqual(Object.keys(copy), []);
  assert.equal(inspect(copy), inspect(error));
});

test('serializeThrow: keeps the built-in class', () => {
  const errors = [
    new EvalError('a'),
    new RangeError('b'),
    new ReferenceError('c'),
    new SyntaxError('d'),
    new TypeError('e'),
    new URIError('f'),
    new AggregateError([], 'g'),
    new SuppressedError(1, 2, 'h'),
    new DOMException('i', 'AbortError'),
  ];
  for (const error of errors) {
    const copy = sentError(error);
    assert.equal(copy.constructor, error.constructor);
    assert.equal(copy.name, error.name);
    assert.equal(copy.message, error.message);
  }
});

test('serializeThrow: keeps the name of a class of its own, and the built-in class below it', () => {
  class OwnName extends RangeError {
    override readonly name = 'OwnName';
  }
  class NameOfPrototype extends TypeError {}
  NameOfPrototype.prototype.name = 'NameOfPrototype';
  const own = sentError(new OwnName('a'));
  assert.ok(own instanceof RangeError);
  assert.equal(String(own), 'OwnName: a');
  const ofPrototype = sentError(new NameOfPrototype('b'));
  assert.ok(ofPrototype instanceof TypeError);
  assert.equal(String(ofPrototype), 'NameOfPrototype: b');
  assert.deepEqual(Object.keys(ofPrototype), []);
});

test('serializeThrow: keeps code, errno and other properties, enumerable or not', () => {
  const error = Object.assign(new Error('no such file'), { code: 'ENOENT', details: { n: [1] } });
  Object.defineProperty(error, 'hidden', { value: 1 });
  const copy = sentError(error);
  assert.deepEqual(Object.entries(copy), [
    ['code', 'ENOENT'],
    ['details', { n: [1] }],
  ]);
  assert.equal(copy.hidden, 1);
});

test('serializeThrow: keeps a chain of causes, each with its code and class', () => {
  const root = Object.assign(new TypeError('root'), { code: 'E_ROOT' });
  const copy = sentError(new Error('top', { cause: new Error('middle', { cause: root }) }));
  const { cause } = copy.cause as Error;
  assert.ok(cause instanceof TypeError);
  assert.deepEqual(cause, root);
  assert.ok(!Object.keys(copy).includes('cause'));
});

test('serializeThrow: keeps a cause that is no error, and the cause of a DOMException', () => {
  assert.equal(sentError(new Error('a', { cause: 'SIGINT' })).cause, 'SIGINT');
  const cause = Object.assign(new Error('why'), { code: 'E_WHY' });
  const copy = sentError(new DOMException('b', { name: 'TimeoutError', cause }));
  assert.deepEqual(copy.cause, cause);
  assert.equal(copy.code, DOMException.TIMEOUT_ERR);
});

test('serializeThrow: keeps the errors of an AggregateError and of a SuppressedError', () => {
  const first = Object.assign(new RangeError('first'), { code: 'E_FIRST' });
  const { errors } = sent(new AggregateError([first, 'text'])) as AggregateError;
  assert.deepEqual(errors, [first, 'text']);
  const { error, suppressed } = sent(new SuppressedError(first, null)) as SuppressedError;
  assert.deepEqual([error, suppressed], [first, null]);
});

test('serializeThrow: keeps an error that is its own cause', () => {
  const error = new Error('round');
  error.cause = error;
  const copy = sentError(error);
  assert.equal(copy.cause, copy);
});

test('serializeThrow: leaves out a property that cannot be cloned or read', () => {
  const error = Object.assign(new Error('left'), { code: 'E', retry() {}, socket: { on() {} } });
  Object.defineProperty(error, 'lazy', {
    enumerable: true,
    get: () => {
      throw new Error('not now');
    },
  });
  assert.deepEqual(Object.keys(sentError(error)), ['code']);
});

test('serializeThrow: cuts a chain of causes after a hundred', () => {
  let error = new Error('root');
  for (let n = 0; n < 100_000; n++) error = new Error('next', { cause: error });
  let depth = 0;
  for (let copy: unknown = sentError(error); copy instanceof Error; copy = copy.cause) depth++;
  assert.equal(depth, 100);
});

test('serializeThrow: takes an error of another realm for one of this', () => {
  const copy = sentError(runInNewContext('Object.assign(new TypeError("far"), { code: "E_FAR" })'));
  assert.ok(copy instanceof TypeError);
  assert.equal(copy.code, 'E_FAR');
});

test('serializeThrow: keeps what is no error as it is', () => {
  for (const thrown of [undefined, null, 'text', 0, { code: 1 }, [1, 2]]) {
    assert.deepEqual(sent(thrown), thrown);
  }
  const list = [Object.assign(new Error('in a list'), { code: 'E' }), 1];
  assert.deepEqual(sent(list), list);
});

test('serializeThrow: throws a DataCloneError for what is neither an error nor can be cloned', () => {
  assert.throws(() => serializeThrow(() => {}), { name: 'DataCloneError' });
});
