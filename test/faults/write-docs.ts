// Writes the matrix into docs/faults.md: npm run docs:faults.
import { readFile, writeFile } from 'node:fs/promises';
import { withTable } from './table.ts';

const path = new URL('../../docs/faults.md', import.meta.url);
await writeFile(path, withTable(await readFile(path, 'utf8')));
