// Slow: seconds of computation.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileTemplate, TREE_TEMPLATE } from '../../src/save/names/name-template.ts';
import { DirectorySink } from '../../src/save/sinks/directory-sink.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { hostileText, hostileUrl } from './hostile.ts';
import { hostileHeader, hostileName, hostileRowUrl } from './hostile-names.ts';
import { saveBody } from './save-body.ts';

/** The errors that a row's name may cause. */
const REFUSED = ['NameCollisionError', 'BlockedPathError'];

/** Of all the templates together. */
const ROWS = 400;
const AT_ONCE = 10;
const TEMPLATES = ['{name}', TREE_TEMPLATE, '{c}/{path}/{stem}.{ext}', '{host}{path}{c}{query}'];

for (const text of TEMPLATES) {
  test(`DirectorySink: no row, URL or header leaves the directory with ${text}`, {
    timeout: 300_000,
  }, async (t) => {
    const root = await realpath(await temporaryDirectory(t));
    const [directory, outside] = [join(root, 'run'), join(root, 'outside')];
    const parts = join(directory, '.flaghoist', 'parts');
    await mkdir(parts, { recursive: true });
    await mkdir(outside);
    await writeFile(join(directory, '.flaghoist', 'ledger.db'), 'ledger');
    for (const name of ['link', 'a', '_']) await symlink(outside, join(directory, name));
    await symlink(join(outside, 'new'), join(directory, 'dangling'));

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
    await fc.assert(property, propertyRuns(ROWS / TEMPLATES.length / AT_ONCE));

    assert.deepEqual(await readdir(outside), []);
    assert.deepEqual((await readdir(root)).sort(), ['outside', 'run']);
    assert.deepEqual((await readdir(join(directory, '.flaghoist'))).sort(), ['ledger.db', 'parts']);
    assert.equal(await readFile(join(directory, '.flaghoist', 'ledger.db'), 'utf8'), 'ledger');
    assert.deepEqual(await readdir(parts), []);
  });
}

/** The targets outside of links at the path of a file or directory to create. */
const LINKS = ['directory', 'file', 'nothing'] as const;

for (const when of ['before its name is claimed', 'between its claim and its end'] as const) {
  test(`DirectorySink: nothing is written through a link that comes ${when}`, {
    timeout: 300_000,
  }, async (t) => {
    const root = await realpath(await temporaryDirectory(t));
    const outside = join(root, 'outside');
    await mkdir(join(outside, 'directory'), { recursive: true });
    await writeFile(join(outside, 'file'), 'theirs');
    const row = fc.record({ url: hostileRowUrl, name: fc.option(hostileName, { nil: undefined }) });
    const header = fc.option(hostileHeader, { nil: undefined });
    const links = fc.array(fc.constantFrom(...LINKS), { minLength: 3, maxLength: 3 });
    const sizes = fc.constantFrom(1, 200_000);
    let runs = 0;
    let refused = 0;
    const property = fc.asyncProperty(row, header, links, sizes, async (item, name, to, size) => {
      const directory = join(root, `run-${runs++}`);
      const options = { template: compileTemplate(TREE_TEMPLATE), useContentDisposition: true };
      // The path is that of a run without links.
      const head = { httpStatus: 200, url: item.url, offset: 0, contentDisposition: name };
      const body = Buffer.alloc(size, 'x');
      await using probe = await DirectorySink.open(directory, options);
      const { path } = await saveBody(probe, item, body, head);
      const segments = relative(directory, path).split(sep);
      await rm(directory, { recursive: true });

      const at = Math.min(to.length, segments.length);
      const place = join(directory, ...segments.slice(0, at));
      const link = async () => {
        await mkdir(dirname(place), { recursive: true });
        await symlink(join(outside, to[at - 1] ?? ''), place);
      };
      await mkdir(directory);
      if (when === 'before its name is claimed') await link();
      await using sink = await DirectorySink.open(directory, { ...options, onCollision: 'rename' });
      const draft = await sink.open({ index: 0, ...item });
      draft.begin(head);
      await draft.write(body);
      if (when === 'between its claim and its end') await link();
      const [result] = await Promise.allSettled([draft.commit()]);
      if (result.status === 'rejected') {
        assert.ok(REFUSED.includes(result.reason.name), String(result.reason));
        await draft.discard();
        refused++;
      } else {
        assert.ok((await realpath(result.value.path)).startsWith(directory + sep));
      }
    });
    await fc.assert(property, propertyRuns(20));

    assert.ok(refused > 0);
    assert.deepEqual((await readdir(outside, { recursive: true })).sort(), ['directory', 'file']);
    assert.equal(await readFile(join(outside, 'file'), 'utf8'), 'theirs');
  });
}
