import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const ROOT = join(import.meta.dirname, '../..');

/** Where a name in a document begins, and what it may leave out. */
const PLACES = ['.', 'src', 'test', 'docs'];
const ENDINGS = ['', '.ts', '.test.ts'];

const DOCUMENTS = globSync(['*.md', 'docs/**/*.md', 'bench/*.md'], { cwd: ROOT }).filter(
  (document) => document !== 'CHANGELOG.md',
);
const FOLDERS = new Set(
  globSync(['{src,test,web,scripts,bench,docs,examples,assets}', 'src/*'], { cwd: ROOT }).flatMap(
    (path) => path.split('/').at(-1) ?? [],
  ),
);

/** The files and folders of the project that a document names as code. */
function namesIn(document: string): string[] {
  const text = readFileSync(join(ROOT, document), 'utf8').replaceAll(/^```.*?^```/gms, '');
  const names = Array.from(text.matchAll(/`([\w.-]+(?:\/[\w.-]+)+\/?)`/g), ([, name = '']) => name);
  // A word in capitals stands for any name.
  return names.filter((name) => FOLDERS.has(name.split('/')[0] ?? '') && !/\/[A-Z]+\b/.test(name));
}

function isThere(name: string): boolean {
  return PLACES.some((place) =>
    ENDINGS.some((ending) => existsSync(join(ROOT, place, name + ending))),
  );
}

test('documents: the files and folders that they name are there', () => {
  const names = DOCUMENTS.flatMap((document) => namesIn(document).map((name) => [document, name]));
  assert.ok(names.length >= 200, `${names.length}`);
  const missing = names.filter(([, name = '']) => !isThere(name));
  assert.deepEqual(missing, []);
});

test('CONTRIBUTING.md: its table has the scripts of package.json', () => {
  const text = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  const table = text.slice(text.indexOf('## Scripts'), text.indexOf('npm runs `prepare`'));
  const told = Array.from(
    table.matchAll(/^\|([^|]+)\|/gm),
    ([, cell = '']) => cell.match(/(?<=`)[\w:]+(?=`)/g) ?? [],
  ).flat();
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  // npm itself runs these.
  const ours = Object.keys(scripts).filter((name) => !/^prep/.test(name));
  assert.deepEqual(told.concat('check').sort(), ours.sort());
});
