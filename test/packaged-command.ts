// Run by `npm test` first. It builds the command as the package has it, for the tests to start: that is
// what users run, and it starts in half the time that the sources take.
import { chmod, copyFile, glob, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleStyles } from '../scripts/bundle/styles.ts';
import { buildCommand } from './package/built-command.ts';
import { CHECKOUT } from './package/pack.ts';

const CACHE = join(CHECKOUT, 'node_modules/.cache');

/** Always the same path, so that the next run finds the compiled code in Node's cache. */
const FOLDER = join(CACHE, 'packaged-command');

export async function globalSetup(): Promise<void> {
  await mkdir(CACHE, { recursive: true });
  const built = await mkdtemp(`${FOLDER}-`);
  try {
    // Some tests run the command as another user.
    await chmod(built, 0o755);
    await buildCommand(built);
    await bundleStyles(join(built, 'dist/command/styles'));
    await copyFile(join(CHECKOUT, 'dist/page.html'), join(built, 'dist/page.html'));
    // An equal one stays, since another run of the tests may be using it.
    if ((await contentOf(built)) !== (await contentOf(FOLDER))) {
      await rm(FOLDER, { recursive: true, force: true });
      await rename(built, FOLDER);
    }
  } finally {
    await rm(built, { recursive: true, force: true });
  }
  process.env.FLAGHOIST_TESTED = join(FOLDER, 'bin/flaghoist.js');
}

async function contentOf(folder: string): Promise<string> {
  const names = await Array.fromAsync(glob('{bin,dist,package.json}{,/**/*.*}', { cwd: folder }));
  const files = names.filter((name) => /\.\w+$/.test(name)).sort();
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return JSON.stringify([files, texts]);
}
