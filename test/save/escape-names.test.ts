// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { posix, win32 } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseContentDisposition } from '../../src/save/names/content-disposition.ts';
import { NameRegistry } from '../../src/save/names/name-registry.ts';
import { compileTemplate, TREE_TEMPLATE } from '../../src/save/names/name-template.ts';
import { safeName } from '../../src/save/names/naming.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { hostileHeader, hostileName, hostileRowUrl } from './hostile-names.ts';

const TEMPLATES = [
  '{name}',
  TREE_TEMPLATE,
  '{stem}.{ext}',
  '{host}/{path}/{stem}-{index:03}.{ext}',
  '{column:c}/{name}',
  '{c}{c}',
  '{path}{query}',
  'sub/{c}{path}/{ext}',
].map((text) => compileTemplate(text));

/** Device names, spelled out so that the test does not share a mistake of the code. */
const DEVICES = new Set([
  ...['CON', 'PRN', 'AUX', 'NUL', 'CONIN$', 'CONOUT$'],
  ...[...'0123456789¹²³'].flatMap((digit) => [`COM${digit}`, `LPT${digit}`]),
]);

/** Asserts that `path` stays below any directory it is joined to, on every system. */
function assertInside(path: string): void {
  for (const { join, relative, isAbsolute, sep } of [posix, win32]) {
    const root = join(sep, 'root', 'run');
    const back = relative(root, join(root, path));
    assert.ok(!isAbsolute(path) && back !== '' && back.split(sep)[0] !== '..', path);
    assert.equal(back.split(sep).length, path.split('/').length, path);
  }
  assert.ok(path.isWellFormed() && path === path.normalize('NFC'), path);
  for (const segment of path.split('/')) assertSafe(segment);
  const [first = ''] = path.split('/');
  const plain = first.replace(/\p{Default_Ignorable_Code_Point}/gu, '').toUpperCase();
  assert.ok(plain !== '.FLAGHOIST' && !/^FLAGHO~\d+$/i.test(first), path);
}

/** Asserts that `segment` is one name on every system, and not a device. */
function assertSafe(segment: string): void {
  assert.ok(segment !== '' && Buffer.byteLength(segment) <= 231, segment);
  assert.doesNotMatch(segment, /[\p{Cc}\p{Bidi_Control}\u2028\u2029\\:*?"<>|]|[. ]$/u);
  assert.ok(!DEVICES.has((segment.split('.')[0] ?? '').replace(/ +$/, '').toUpperCase()), segment);
}

test('compileTemplate: no path from hostile names, URLs, headers or columns leaves the directory', () => {
  const maybe = (text: fc.Arbitrary<string>) => fc.option(text, { nil: undefined });
  const property = fc.property(
    hostileRowUrl,
    maybe(hostileName),
    maybe(hostileName),
    maybe(hostileHeader),
    hostileName,
    (url, name, directory, header, c) => {
      const responseName = header === undefined ? undefined : parseContentDisposition(header);
      if (responseName !== undefined) assert.equal(safeName(responseName), responseName);
      const item = { index: 7, url, name, directory, columns: { c } };
      for (const template of TEMPLATES) {
        assertInside(template.pathOf({ item, responseName }));
      }
    },
  );
  fc.assert(property, propertyRuns(1_000));
});

test('parseContentDisposition: a hostile header yields one safe name, or none', () => {
  const property = fc.property(hostileHeader, (header) => {
    const name = parseContentDisposition(header);
    if (name !== undefined) assertSafe(name);
  });
  fc.assert(property, propertyRuns(4_000));
});

test('NameRegistry: names that differ only in their Unicode normal form are the same', () => {
  const property = fc.property(hostileName, (name) => {
    const registry = new NameRegistry();
    const { pathOf } = compileTemplate('{name}');
    const path = (text: string) => pathOf({ item: { index: 0, url: 'http://h/', name: text } });
    registry.claim(path(name.normalize('NFC')));
    assert.throws(() => registry.claim(path(name.normalize('NFD'))), {
      name: 'NameCollisionError',
    });
  });
  fc.assert(property, propertyRuns(500));
});
