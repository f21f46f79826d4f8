// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { glob, readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import { buildPage, PLACEHOLDER } from '../../../scripts/page/build-page.ts';

let page: string;
before(async () => {
  page = await buildPage();
});

test('buildPage: has one place for the data', () => {
  assert.equal(page.split(PLACEHOLDER).length, 2);
  assert.ok(page.indexOf(PLACEHOLDER) < page.lastIndexOf('<script>'), 'the script comes after it');
});

test('buildPage: is the same each time', async () => {
  assert.equal(await buildPage(), page);
});

test('buildPage: stays under 250 kB', (t) => {
  const size = Buffer.byteLength(page);
  t.diagnostic(`${size} bytes`);
  assert.ok(size < 250_000);
});

test('buildPage: its policy permits its own script and styles, by their hashes, and no others', () => {
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  assert.match(policy, /^default-src 'none'; /);
  assert.doesNotMatch(policy, /unsafe|https?:|\*/);
  const hashes = [...page.matchAll(/<(script|style)>(.*?)<\/\1>/gs)].map(([, tag, text = '']) => {
    const hash = createHash('sha256').update(text).digest('base64');
    return `${tag}-src 'sha256-${hash}'`;
  });
  assert.equal(hashes.length, 2);
  for (const hash of hashes) assert.ok(policy.includes(hash), hash);
});

test('buildPage: loads nothing from elsewhere', () => {
  assert.doesNotMatch(page, /<(?:script|img|iframe|link)[^>]+(?:src|href)="(?!data:)/);
  assert.doesNotMatch(page, /@import|url\((?!["']?data:)/);
});

test('buildPage: its sources turn no text into HTML or code', async () => {
  for await (const path of glob('web/**/*.{ts,tsx}')) {
    const source = await readFile(path, 'utf8');
    assert.doesNotMatch(
      source,
      /innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function/i,
    );
  }
  assert.match(page, /require-trusted-types-for 'script'; trusted-types 'none'/);
});

test('buildPage: contains the licenses of its packages', () => {
  for (const name of ['preact', 'uplot']) assert.match(page, new RegExp(`^${name} \\d`, 'm'));
  assert.match(page, /The MIT License|MIT License/);
});
