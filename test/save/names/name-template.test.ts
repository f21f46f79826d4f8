import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Item } from '../../../src/model/item.ts';
import { reasonOf } from '../../../src/model/reason.ts';
import {
  compileTemplate,
  plannedPath,
  TREE_TEMPLATE,
} from '../../../src/save/names/name-template.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { hostileText, hostileUrl } from '../hostile.ts';

const URL_OF_ROW = 'https://example.org:8080/a/b%20c/br.tar.gz?size=2&q=%2F';
const ROW: Item = {
  index: 7,
  url: URL_OF_ROW,
  columns: { label: 'cat', 'a b': 'x/y', ext: 'own' },
};

function pathOf(template: string | undefined, item: Partial<Item> = {}, more: object = {}): string {
  return compileTemplate(template).pathOf({ item: { ...ROW, ...item }, ...more });
}

for (const [template, path] of [
  [undefined, 'br.tar.gz@size=2&q=%2F'],
  [TREE_TEMPLATE, 'example.org_8080/a/b c/br.tar.gz@size=2&q=%2F'],
  ['{host}/{name}', 'example.org_8080/br.tar.gz'],
  ['{path}/{stem}.{ext}', 'a/b c/br.tar.gz'],
  ['{stem}_{index}.{ext}', 'br.tar_7.gz'],
  ['{index:06}.{ext}', '000007.gz'],
  ['{label}/{name}', 'cat/br.tar.gz'],
  ['{column:label}/{column:a b}', 'cat/x_y'],
  ['{column:ext}', 'own'],
  ['{{{label}}}', '{cat}'],
  ['{sha256}.{ext}', `${'f'.repeat(64)}.gz`],
  ['plain.bin', 'plain.bin'],
] as const) {
  test(`compileTemplate: ${template} is ${path}`, () => {
    assert.equal(pathOf(template, {}, { sha256: 'f'.repeat(64) }), path);
  });
}

test('compileTemplate: the row’s name wins over the server’s, and that over the URL’s', () => {
  assert.equal(pathOf('{name}', { name: 'own.gif' }, { responseName: 'server.gif' }), 'own.gif');
  assert.equal(pathOf('{name}', {}, { responseName: 'server.gif' }), 'server.gif');
  assert.equal(pathOf('{stem}-{index}.{ext}', { name: 'own.gif' }), 'own-7.gif');
});

test('compileTemplate: an empty value makes no directory, and never turns the file into one', () => {
  assert.equal(pathOf('{host}/{path}/{name}', { url: 'http://h/' }), 'h/index.html');
  assert.equal(pathOf('{host}/{ext}', { url: 'http://h/README' }), 'h/_');
  assert.equal(pathOf('{stem}.{ext}', { url: 'http://h/README' }), 'README');
});

test('compileTemplate: everything is within the directory of the row', () => {
  assert.equal(pathOf('{host}/{name}', { directory: 'sub/x' }), 'sub/x/example.org_8080/br.tar.gz');
});

test('compileTemplate: only the value of {path} adds directories', () => {
  assert.equal(pathOf('{name}', { name: 'a/b' }), 'a_b');
  assert.equal(pathOf('{name}', { url: 'http://h/x%2f..%2fy' }), 'x_.._y');
  assert.equal(pathOf('{path}/x', { url: 'http://h/a%2fb/..%2f../c' }), 'a_b/_._/x');
});

test('TREE_TEMPLATE: different queries have different names', () => {
  const queries = [
    '',
    '?a',
    '?a=1',
    '?a:1',
    '?a/1',
    '?a%2F1x',
    '?a*1',
    '?A',
    `?${'x'.repeat(300)}`,
    `?${'x'.repeat(301)}`,
  ];
  const names = queries.map((query) => pathOf(TREE_TEMPLATE, { url: `http://h/p.php${query}` }));
  assert.equal(new Set(names).size, queries.length);
  assert.equal(names[4], 'h/p.php@a%2F1');
  assert.match(names.at(-1) ?? '', /^h\/p\.php@[0-9a-f]{16}$/);
});

test('NameTemplate.needsDigest, needsName: tell what a name depends on', () => {
  for (const [template, digest, name] of [
    ['{name}', false, true],
    ['{sha256}', true, false],
    ['{index}.{ext}', false, true],
    ['{index}', false, false],
  ] as const) {
    const { needsDigest, needsName } = compileTemplate(template);
    assert.deepEqual([needsDigest, needsName], [digest, name], template);
  }
});

const FIELDS = '{name} {stem} {ext} {host} {path} {query} {index} {sha256}';

for (const [template, columns, message] of [
  ['', undefined, 'the name template "" is empty'],
  ['a/', undefined, 'the name template "a/" ends in "/": it names a directory, not a file'],
  ['/etc/{name}', undefined, /"\/etc\/\{name\}" is absolute/],
  ['C:\\{name}', undefined, /is absolute: give the directory with -d/],
  ['../{name}', undefined, /has "\." or "\.\." in it/],
  ['a/../{name}', undefined, /has "\." or "\.\." in it/],
  ['a\\..\\{name}', undefined, /has "\." or "\.\." in it/],
  ['{name}.{ext}', undefined, /has the extension twice: .* write \{name\} or \{stem\}\.\{ext\}$/],
  ['{name', undefined, /^a "\{" without its other half .* a brace itself is "\{\{"$/],
  ['name}', undefined, /^a "\}" without its other half/],
  ['{}', undefined, /^unknown field \{\}/],
  [
    '{nmae}',
    [],
    `unknown field {nmae} in the name template "{nmae}": did you mean {name}? There are ${FIELDS}`,
  ],
  [
    '{lable}',
    ['url', 'label'],
    `unknown field {lable} in the name template "{lable}": did you mean {label}? There are ${FIELDS} {column:url} {column:label}`,
  ],
  ['{column:x}', ['y'], /^unknown field \{column:x\}/],
  ['{name:06}', [], /^unknown field \{name:06\}/],
] as const) {
  test(`compileTemplate: refuses ${JSON.stringify(template)}`, () => {
    assert.throws(() => compileTemplate(template, columns), { name: 'TemplateError', message });
  });
}

test('NameTemplate.pathOf: throws for a row without the column, and lists the fields there are', () => {
  const template = compileTemplate('{lable}');
  assert.throws(
    () => template.pathOf({ item: ROW }),
    (error: Error) => {
      assert.equal(reasonOf(error), 'bad-row');
      assert.match(error.message, /^unknown field \{lable\} .* \{column:label\} \{column:a b\}/);
      return true;
    },
  );
  assert.throws(() => compileTemplate('{toString}').pathOf({ item: ROW }), /unknown field/);
  assert.throws(() => template.pathOf({ item: { index: 0, url: 'http://h/' } }), /unknown field/);
});

for (const [template, useContentDisposition, item, path] of [
  [undefined, false, {}, 'a.gif'],
  [undefined, false, { directory: 'd', name: 'b' }, 'd/b'],
  [undefined, true, {}, undefined],
  [undefined, true, { name: 'b' }, 'b'],
  ['{host}/{index}', true, {}, 'h/3'],
  ['{index}.{ext}', true, {}, undefined],
  ['{sha256}', false, { name: 'b' }, undefined],
] as const) {
  test(`plannedPath: ${template} ${useContentDisposition} ${JSON.stringify(item)}`, () => {
    const options = { template: compileTemplate(template), useContentDisposition };
    assert.equal(plannedPath({ index: 3, url: 'http://h/x/a.gif', ...item }, options), path);
  });
}

test('NameTemplate.pathOf: throws for an invalid URL', () => {
  assert.throws(() => pathOf('{name}', { url: 'no url' }), { code: 'ERR_INVALID_URL' });
});

test('compileTemplate: refuses a template, or makes one relative path of it', () => {
  const field = fc.constantFrom(
    '{name}',
    '{stem}',
    '{ext}',
    '{host}',
    '{path}',
    '{query}',
    '{c}',
    '/',
  );
  const templates = fc
    .array(fc.oneof(field, hostileText), { minLength: 1, maxLength: 5 })
    .map((pieces) => pieces.join(''));
  const property = fc.property(
    templates,
    hostileUrl,
    hostileText,
    hostileText,
    (text, url, name, c) => {
      const item = {
        index: 1,
        url,
        name: name === '' ? undefined : name,
        directory: c,
        columns: { c },
      };
      let path: string;
      try {
        path = compileTemplate(text).pathOf({ item });
      } catch (error) {
        assert.ok(error instanceof Error && error.name === 'TemplateError', String(error));
        return;
      }
      for (const segment of path.split('/')) assert.doesNotMatch(segment, /^\.{0,2}$|[\p{Cc}\\:]/u);
    },
  );
  fc.assert(property, propertyRuns(2_000));
});

test('compileTemplate: without a template, URLs that differ in their queries have names that differ', () => {
  const nameOf = (url: string, item: Partial<Item> = {}) => pathOf(undefined, { url, ...item });
  assert.equal(nameOf('http://h/page?id=1'), 'page@id=1');
  assert.equal(nameOf('http://h/page?id=1#top'), 'page@id=1');
  assert.equal(nameOf('http://h/?id=1'), 'index.html@id=1');
  assert.equal(nameOf('http://h/page?'), 'page');
  assert.equal(nameOf('http://h/page?id=1', { name: 'own' }), 'own');
  const long = 'x'.repeat(240);
  const urls = [
    'a?b=.',
    'a?b=',
    'a?b=:',
    'a?b=_',
    `a?${long}1`,
    `a?${long}2`,
    `${long}.jpg?w=1`,
    `${long}.jpg?w=2`,
    `${'é'.repeat(110)}?w=1`,
    `${'é'.repeat(110)}?w=2`,
  ].map((end) => nameOf(`http://h/${end}`));
  assert.equal(new Set(urls).size, urls.length);
  assert.ok(urls.every((name) => Buffer.byteLength(name) <= 231));
});

test('compileTemplate: a template says which values of the row it needs', () => {
  const { needsIndex, columns } = compileTemplate('{label}/{index:03}-{column:a b}');
  assert.deepEqual([needsIndex, columns], [true, ['label', 'a b']]);
  assert.equal(compileTemplate('{name}').needsIndex, false);
});
