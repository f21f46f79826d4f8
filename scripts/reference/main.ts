// npm run docs:reference: writes what is made from the command's tables of options.
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { referenceFiles } from './reference-files.ts';

for (const [path, text] of await referenceFiles()) {
  const file = fileURLToPath(new URL(`../../${path}`, import.meta.url));
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
  console.log(path);
}
