import assert from 'node:assert/strict';
import { glob, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { slugOf } from '../../scripts/reference/slug.ts';

const PAGES = ['*.md', 'docs/**/*.md', 'bench/*.md'];

test('The documents: every link leads to a file and a heading that are there', async () => {
  const pages = await Array.fromAsync(glob(PAGES, { exclude: ['docs/reference/api/**'] }));
  assert.ok(pages.length > 30, `${pages.length}`);
  const broken = await Promise.all(pages.map(brokenLinksOf));
  assert.deepEqual(broken.flat(), []);
});

async function brokenLinksOf(page: string): Promise<string[]> {
  const broken: string[] = [];
  const text = withoutCode(await readFile(page, 'utf8'));
  for (const [, href = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/i.test(href)) continue;
    const [file = '', fragment] = href.split('#');
    const target = file === '' ? page : join(dirname(page), file);
    if (!(await isLink(target, fragment))) broken.push(`${page}: ${href}`);
  }
  return broken;
}

async function isLink(target: string, fragment: string | undefined): Promise<boolean> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined || fragment === undefined) return found !== undefined;
  const headings = withoutBlocks(await readFile(target, 'utf8')).matchAll(/^#+ (.+)$/gm);
  return [...headings].some(([, heading = '']) => slugOf(plain(heading)) === fragment);
}

/** A heading without its markup: links are their texts. */
function plain(heading: string): string {
  return heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '');
}

function withoutBlocks(text: string): string {
  return text.replace(/^```.*?^```$/gms, '');
}

function withoutCode(text: string): string {
  return withoutBlocks(text).replace(/`[^`\n]*`/g, '');
}
