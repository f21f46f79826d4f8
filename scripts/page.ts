// Makes dist/page.html, the page that shows a run: one file that loads nothing else.
import { mkdir, writeFile } from 'node:fs/promises';
import { buildPage } from './page/build-page.ts';

/** The page is part of every HTML report, so its size is limited. */
const MOST_BYTES = 250_000;

const page = await buildPage();
const size = Buffer.byteLength(page);
const line = `dist/page.html: ${(size / 1000).toFixed(1)} kB of ${MOST_BYTES / 1000} kB`;
if (size >= MOST_BYTES) throw new Error(`${line}: the page is too large`);
await mkdir('dist', { recursive: true });
await writeFile('dist/page.html', page);
console.log(line);
