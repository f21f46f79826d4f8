// Makes dist/page.html, the page that shows a run: one file, with nothing loaded from elsewhere.
import { mkdir, writeFile } from 'node:fs/promises';
import { buildPage } from './page/build-page.ts';

/** The page is sent with every report, so its size is a promise. */
const MOST_BYTES = 250_000;

const page = await buildPage();
const size = Buffer.byteLength(page);
const line = `dist/page.html: ${(size / 1000).toFixed(1)} kB of ${MOST_BYTES / 1000} kB`;
if (size >= MOST_BYTES) throw new Error(`${line}: that is too much`);
await mkdir('dist', { recursive: true });
await writeFile('dist/page.html', page);
console.log(line);
