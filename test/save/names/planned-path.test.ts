import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileTemplate, DEFAULT_TEMPLATE } from '../../../src/save/names/name-template.ts';
import { plannedPath } from '../../../src/save/names/planned-path.ts';

const ITEM = { index: 3, url: 'http://h/x/a.gif' };

for (const [template, useContentDisposition, item, path] of [
  [DEFAULT_TEMPLATE, false, {}, 'a.gif'],
  [DEFAULT_TEMPLATE, false, { directory: 'd', name: 'b' }, 'd/b'],
  [DEFAULT_TEMPLATE, true, {}, undefined],
  [DEFAULT_TEMPLATE, true, { name: 'b' }, 'b'],
  ['{host}/{index}', true, {}, 'h/3'],
  ['{index}.{ext}', true, {}, undefined],
  ['{sha256}', false, { name: 'b' }, undefined],
] as const) {
  test(`plannedPath: ${template} ${useContentDisposition} ${JSON.stringify(item)}`, () => {
    const options = { template: compileTemplate(template), useContentDisposition };
    assert.equal(plannedPath({ ...ITEM, ...item }, options), path);
  });
}
