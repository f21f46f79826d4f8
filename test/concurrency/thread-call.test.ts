// Slow: starts threads.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { toCall } from '../../src/concurrency/thread-call.ts';

const PATH = join(import.meta.dirname, 'a #1 %.js');

function moduleOf(module: string | URL): unknown {
  const { fn } = toCall({ module, name: 'default' }, []);
  return 'module' in fn ? fn.module : undefined;
}

test('toCall: takes a URL, a file: string and an absolute path for a module', () => {
  const url = pathToFileURL(PATH);
  for (const module of [url, url.href, PATH]) assert.equal(moduleOf(module), url.href);
  assert.equal(moduleOf('node:crypto'), 'node:crypto');
});

test('toCall: refuses a relative module, and says what to write', () => {
  for (const module of ['./hash.js', '../hash.js']) {
    assert.throws(() => moduleOf(module), {
      name: 'TypeError',
      message: new RegExp(`use new URL\\('${module}', import.meta.url\\)$`),
    });
  }
});

test('toCall: refuses a bare module, and says what to write', () => {
  for (const module of ['lodash', '@scope/hash/md5', 'fs', 'src/hash.js', '']) {
    assert.throws(() => moduleOf(module), {
      name: 'TypeError',
      message: new RegExp(`use import.meta.resolve\\('${module}'\\)$`),
    });
  }
});

test('toCall: takes functions, arrow functions and async ones as their source', () => {
  const fns = [() => 1, async () => 1, function named() {}, async () => {}, function* () {}];
  for (const fn of fns) assert.deepEqual(toCall(fn, []).fn, { source: String(fn) });
});

test('toCall: refuses methods, classes, bound and built-in functions, and import.meta', () => {
  const holder = { method() {} };
  const refused = [
    holder.method,
    (() => {}).bind(null),
    Math.max,
    class {} as unknown as () => void,
    () => import.meta.url,
  ];
  for (const fn of refused) {
    assert.throws(
      () => toCall(fn, []),
      (error) => error instanceof TypeError && error.cause instanceof SyntaxError,
    );
  }
});

test('toCall: moves what is in transfer, wherever it is in the arguments', () => {
  const buffer = new Uint8Array([1, 2, 3]).buffer;
  const { args, transfer } = toCall(() => {}, [{ deep: [buffer] }], [buffer]);
  assert.ok(buffer.detached);
  const [{ deep: [moved] = [] } = {}] = args as { deep?: ArrayBuffer[] }[];
  assert.equal(moved, transfer[0]);
  assert.equal(moved?.byteLength, 3);
});

test('toCall: moves nothing when an argument cannot be sent, and says which', () => {
  const buffer = new ArrayBuffer(3);
  assert.throws(() => toCall(() => {}, [buffer, () => {}], [buffer]), {
    name: 'DataCloneError',
    message: /^argument 2 cannot be sent/,
  });
  assert.equal(buffer.detached, false);
});

test('toCall: refuses a typed array in transfer', () => {
  const bytes = new Uint8Array(3);
  assert.throws(() => toCall(() => {}, [bytes], [bytes as unknown as ArrayBuffer]), {
    name: 'DataCloneError',
    message: /^the arguments cannot be sent/,
  });
});
