// Makes an executable that needs no Node (Node's single executable applications,
// https://nodejs.org/api/single-executable-applications.html) of a built package:
//
//   node scripts/binary.ts [PACKAGE [DIRECTORY]]
//
// The package is this checkout by default, and the executable goes to its `build` directory.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { glob, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import { promisify } from 'node:util';

const CHECKOUT = join(import.meta.dirname, '..');
const [root = CHECKOUT, out = join(CHECKOUT, 'build')] = process.argv
  .slice(2)
  .map((path) => resolve(path));
const executable = join(out, process.platform === 'win32' ? 'flaghoist.exe' : 'flaghoist');

/** What the command needs, at the same places as in the package. */
const FILES = [
  'package.json',
  'dist/command/**/*.*',
  'dist/page.html',
  'assets/{flags,certificates}/**/*.*',
];

await mkdir(out, { recursive: true });
const paths = (await Array.fromAsync(glob(FILES, { cwd: root }))).sort();
const digest = createHash('sha256');
for (const path of paths) digest.update(path).update(await readFile(join(root, path)));
const version = join(out, 'version.txt');
await writeFile(version, digest.digest('hex').slice(0, 16));

const config = join(out, 'sea.json');
await writeFile(
  config,
  JSON.stringify({
    main: join(import.meta.dirname, 'binary/main.cjs'),
    output: executable,
    disableExperimentalSEAWarning: true,
    // NODE_OPTIONS is for Node; this is a command of its own.
    execArgvExtension: 'none',
    assets: {
      version,
      ...Object.fromEntries(paths.map((path) => [path.split(sep).join('/'), join(root, path)])),
    },
  }),
);
await promisify(execFile)(process.execPath, ['--build-sea', config]);
await Promise.all([rm(config), rm(version)]);
const { size } = await stat(executable);
console.log(`${executable}: ${Math.round(size / 1e6)} MB, ${paths.length} files`);
