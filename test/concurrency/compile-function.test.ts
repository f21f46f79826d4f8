import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileFunction, explainReferenceError } from '../../src/concurrency/compile-function.ts';

/** What the function with this `source` throws, explained. */
function thrownBy(source: string): unknown {
  try {
    return compileFunction(source)();
  } catch (error) {
    return explainReferenceError(error, source);
  }
}

test('compileFunction: runs a function in strict mode', () => {
  assert.equal(compileFunction('(a, b) => a + b')(1, 2), 3);
  assert.equal(compileFunction('function () { return this; }')(), undefined);
});

test('compileFunction: has the __name of esbuild and tsx', () => {
  // As tsx makes it of `const add = (m) => m + n; class A {}; function one() { return 1; }`.
  const source =
    'function f(n){const g=__name(m=>m+n,"add");class A{static{__name(this,"A")}}' +
    'function h(){return 1}__name(h,"one");return [g(h()), g.name, A.name, h.name]}';
  assert.deepEqual(compileFunction(source)(2), [3, 'add', 'A', 'one']);
});

test('compileFunction: has the __publicField of esbuild', () => {
  // As esbuild makes it of `class A { x = 1 }` for es2020.
  const source =
    '() => { class A { constructor() { __publicField(this, "x", 1); } } return new A(); }';
  assert.deepEqual({ ...(compileFunction(source)() as object) }, { x: 1 });
});

test('compileFunction: has the import() of Vite', async () => {
  const source = 'async () => (await __vite_ssr_dynamic_import__("node:path")).sep';
  assert.equal(await compileFunction(source)(), (await import('node:path')).sep);
});

test('compileFunction: throws a SyntaxError for a method', () => {
  assert.throws(() => compileFunction('method() {}'), SyntaxError);
});

test('explainReferenceError: says that a variable around the function is not there', () => {
  const error = thrownBy('() => around') as ReferenceError;
  assert.match(error.message, /^around is not defined \(.* pass them as arguments\)$/);
  assert.equal((error.cause as Error).message, 'around is not defined');
});

test('explainReferenceError: names the helper that a build tool put in, and what to do', () => {
  const helpers = {
    tsc: '__awaiter',
    'tsc with importHelpers': 'tslib_1',
    esbuild: '__privateAdd',
    SWC: '_async_to_generator',
    Babel: '_asyncToGenerator',
    Rolldown: '_usingCtx',
    Vite: '__vite_ssr_import_0__',
    istanbul: 'cov_1a2b3c',
  };
  for (const name of Object.values(helpers)) {
    const { message } = thrownBy(`() => ${name}()`) as ReferenceError;
    assert.match(
      message,
      new RegExp(`put ${name} into the function.* name a module and its export`),
    );
  }
});

test('explainReferenceError: leaves other errors alone, and those of the code that the function calls', () => {
  const others = [
    new TypeError('x is not defined'),
    new ReferenceError("Cannot access 'x' before initialization"),
    new ReferenceError('elsewhere is not defined'),
    'x is not defined',
  ];
  for (const error of others) assert.equal(explainReferenceError(error, '() => x'), error);
});
