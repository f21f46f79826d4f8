// Lets the built declarations import each other as `./x.js`, like the JavaScript beside them. tsc rewrites
// `./x.ts` in JavaScript only. It understands its own declarations anyway, but other tools look for a file
// that the package does not contain.
import { glob, readFile, writeFile } from 'node:fs/promises';
import { type Import, readModule } from './imports/read-module.ts';

for await (const path of glob('dist/**/*.d.ts')) {
  const text = await readFile(path, 'utf8');
  await writeFile(path, rewrite(text, readModule(path, text).imports));
}

function rewrite(text: string, imports: readonly Import[]): string {
  let written = '';
  let done = 0;
  for (const { specifier, start, end } of imports.toSorted((a, b) => a.start - b.start)) {
    if (!specifier.startsWith('.')) continue;
    written += `${text.slice(done, start)}"${specifier.replace(/\.ts$/, '.js')}"`;
    done = end;
  }
  return written + text.slice(done);
}
