import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, realpath, symlink, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { DirectorySink } from '../../src/save/directory-sink.ts';
import { compileTemplate, TREE_TEMPLATE } from '../../src/save/name-template.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { hostileText, hostileUrl } from './hostile.ts';
import { saveBody } from './save-body.ts';

/** What a row may fail with for its name. */
const REFUSED = ['NameCollisionError', 'BlockedPathError'];

/** Of all the templates together. */
const ROWS = 12_000;
const AT_ONCE = 10;
const TEMPLATES = ['{name}', TREE_TEMPLATE, '{c}/{path}/{stem}.{ext}', '{host}{path}{c}{query}'];

for (const text of TEMPLATES) {
  test(`DirectorySink: no row, URL or header leads out of the directory with ${text}`, {
    timeout: 300_000,
  }, async (t) => {
    const root = await realpath(await temporaryDirectory(t));
    const [directory, outside] = [join(root, 'run'), join(root, 'outside')];
    const parts = join(directory, '.flaghoist', 'parts');
    await mkdir(parts, { recursive: true });
    await mkdir(outside);
    await writeFile(join(directory, '.flaghoist', 'ledger.db'), 'ledger');
    for (const name of ['link', 'a', '_']) await symlink(outside, join(directory, name));

    const sink = await DirectorySink.open(directory, {
      template: compileTemplate(text),
      useContentDisposition: true,
      onCollision: 'rename',
      parts,
    });
    const optional = fc.option(hostileText, { nil: undefined });
    const row = fc.record({ url: hostileUrl, name: optional, directory: optional, c: hostileText });
    const rows = fc.array(fc.tuple(row, optional), { minLength: AT_ONCE, maxLength: AT_ONCE });
    const property = fc.asyncProperty(rows, async (all) => {
      await Promise.all(
        all.map(async ([{ c, ...item }, name]) => {
          const contentDisposition = name && `attachment; filename="${name}"`;
          const saving = saveBody(sink, { ...item, columns: { c } }, 'x', { contentDisposition });
          const [result] = await Promise.allSettled([saving]);
          if (result.status === 'rejected') {
            assert.ok(REFUSED.includes(result.reason.name), String(result.reason));
            return;
          }
          const real = await realpath(result.value.path);
          assert.ok(real.startsWith(directory + sep), real);
          assert.ok(!real.startsWith(join(directory, '.flaghoist') + sep), real);
        }),
      );
    });
    await fc.assert(property, { numRuns: ROWS / TEMPLATES.length / AT_ONCE });

    assert.deepEqual(await readdir(outside), []);
    assert.deepEqual((await readdir(root)).sort(), ['outside', 'run']);
    assert.deepEqual((await readdir(join(directory, '.flaghoist'))).sort(), ['ledger.db', 'parts']);
    assert.equal(await readFile(join(directory, '.flaghoist', 'ledger.db'), 'utf8'), 'ledger');
    assert.deepEqual(await readdir(parts), []);
  });
}
