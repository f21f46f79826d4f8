import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { licensesOf } from '../../../scripts/bundle/licenses.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

async function install(root: string, name: string, files: Record<string, string>) {
  const folder = join(root, 'node_modules', name);
  await mkdir(folder, { recursive: true });
  const manifest = JSON.stringify({ name, version: '1.2.3' });
  for (const [file, text] of Object.entries({ 'package.json': manifest, ...files })) {
    await writeFile(join(folder, file), text);
  }
  return (file: string) => join(folder, file);
}

test('licensesOf: names each package once, also scoped and nested ones', async (t) => {
  const root = await temporaryDirectory(t);
  const lone = await install(root, 'lone', { 'license.md': 'Do as you like.\n' });
  const scoped = await install(root, '@scope/part', { LICENCE: 'Say who made it.' });
  const inner = await install(lone(''), 'inner', { 'LICENSE.txt': 'Inner.' });
  const modules = [
    lone('a.js'),
    lone('lib/b.js'),
    scoped('c.js'),
    inner('d.js'),
    '/src/our-own.ts',
  ];
  const licenses = await licensesOf(modules);
  const named = [...licenses.matchAll(/^(\S+) 1\.2\.3$/gm)].map(([, name]) => name);
  assert.deepEqual(named.sort(), ['@scope/part', 'inner', 'lone']);
  assert.match(licenses, /^Do as you like\.$/m);
  assert.match(licenses, /^Inner\.$/m);
});

test('licensesOf: throws for a package without a license', async (t) => {
  const silent = await install(await temporaryDirectory(t), 'silent', {});
  await assert.rejects(licensesOf([silent('a.js')]), /silent has no license$/);
});

test('licensesOf: takes the license from the README where it has no file', async (t) => {
  const readme = '# told\n\nLicensed.\n\n## License\n\nTell others.\n';
  const told = await install(await temporaryDirectory(t), 'told', { 'README.md': readme });
  assert.equal(await licensesOf([told('a.js')]), 'told 1.2.3\n\nTell others.\n');
});
