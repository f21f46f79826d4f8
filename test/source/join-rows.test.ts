import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { test } from 'node:test';
import { checkFirst, joinRows, type RowInput } from '../../src/source/join-rows.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { plain } from './list-of.ts';

async function rowsOf(inputs: readonly RowInput[], options = {}) {
  return (await Array.fromAsync(joinRows(inputs, options))).map(plain);
}

test('joinRows: URLs and lists, in the order given', async (t) => {
  const path = join(await temporaryDirectory(t), 'list.txt');
  await writeFile(path, 'http://b/1\nhttp://b/2\n');
  const stdin = new PassThrough().end('http://c/1\n');
  const rows = await rowsOf([
    { url: 'http://a/1' },
    { path },
    { url: 'http://a/2' },
    { path: '-', stdin },
    { path },
  ]);
  const expected = ['a/1', 'b/1', 'b/2', 'a/2', 'c/1', 'b/1', 'b/2'];
  assert.deepEqual(
    rows,
    expected.map((path) => `http://${path}`),
  );
});

test('joinRows: expands patterns if asked to', async () => {
  const inputs = [{ url: 'http://{a,b}/[1-2]' }];
  assert.deepEqual(await rowsOf(inputs, { expand: true }), [
    'http://a/1',
    'http://a/2',
    'http://b/1',
    'http://b/2',
  ]);
  assert.deepEqual(await rowsOf([{ url: 'http://a/{b}' }]), ['http://a/{b}']);
});

test('joinRows: a bad URL is a bad row with its ordinal', async () => {
  const inputs = [{ url: 'http://a/1' }, { url: 'x{a,b' }, { url: 'b' }, { url: 'http://a/2' }];
  assert.deepEqual(await rowsOf(inputs, { expand: true }), [
    'http://a/1',
    'command line:2:2: "{" is not closed',
    'command line:3:1: "b" is not a URL: it does not begin with http:// or https://',
    'http://a/2',
  ]);
  await assert.rejects(rowsOf(inputs, { expand: true, strict: true }), {
    name: 'RowError',
    message: 'command line:2:2: "{" is not closed',
  });
});

test('joinRows: is lazy: expands no further and opens no list before its turn', async () => {
  const inputs = [{ url: 'http://a/[1-1000000000]' }, { path: '/does/not/exist' }];
  let rows = 0;
  for await (const _ of joinRows(inputs, { expand: true })) if (++rows === 1000) break;
  assert.equal(rows, 1000);
});

test('joinRows: leaving ends the wait for a list', async () => {
  const stdin = new PassThrough();
  const iterator = joinRows([{ path: '-', stdin }])[Symbol.asyncIterator]();
  const waiting = iterator.next();
  await new Promise((resolve) => setImmediate(resolve));
  await iterator.return?.();
  assert.deepEqual(await waiting, { done: true, value: undefined });
  assert.ok(stdin.destroyed);
});

test('checkFirst: gives all rows, or closes them and throws', async () => {
  let isClosed = false;
  async function* rows() {
    try {
      yield* ['http://a/1', 'http://a/2'];
    } finally {
      isClosed = true;
    }
  }
  const seen: unknown[] = [];
  const same = await checkFirst(rows(), (first) => seen.push(first));
  assert.deepEqual(await Array.fromAsync(same), ['http://a/1', 'http://a/2']);
  assert.deepEqual(seen, ['http://a/1']);
  isClosed = false;
  const refuse = () => {
    throw new Error('no such column');
  };
  await assert.rejects(checkFirst(rows(), refuse), /no such column/);
  assert.equal(isClosed, true);
});
