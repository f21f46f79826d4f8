import { execFile } from 'node:child_process';
import { cp, mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));

/** Folders that are not needed to build the package, or that the build makes. */
const NOT_COPIED = new Set(['node_modules', '.git', 'dist', 'downloads', 'coverage', 'ci-output']);

const execute = promisify(execFile);

/**
 * Runs a command line in `cwd`. A `node` in it is the Node that runs the tests.
 * @returns its stdout, without the last newline
 * @throws with its stderr in the message, unless it exits 0
 */
export async function run(
  cwd: string,
  [program = '', ...args]: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH}`;
  // The cache is in the test's folder, not in the home directory of the user who runs the tests.
  const NODE_COMPILE_CACHE = join(cwd, '.compile-cache');
  const all = { ...process.env, PATH, NODE_COMPILE_CACHE, ...env };
  const { stdout } = await execute(program, args, { cwd, env: all });
  return stdout.trimEnd();
}

/**
 * Packs the checkout as `npm publish` would. It is built in a copy, since other tests may be using
 * the `dist` of the checkout.
 * @returns the path of the tarball, in `folder`
 */
export async function packInto(folder: string): Promise<string> {
  const copy = join(folder, 'checkout');
  await cp(CHECKOUT, copy, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) });
  await symlink(join(CHECKOUT, 'node_modules'), join(copy, 'node_modules'));
  const printed = await run(copy, ['npm', 'pack', '--silent', '--pack-destination', folder]);
  // The last line is the name of the tarball; the build prints before it.
  return join(folder, printed.split('\n').at(-1) ?? '');
}

/** Makes an empty project and installs `tarball` in it. @returns the project's folder */
export async function installInto(folder: string, tarball: string): Promise<string> {
  const project = join(folder, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{ "private": true, "type": "module" }\n');
  await run(project, ['npm', 'install', '--no-audit', '--no-fund', '--prefer-offline', tarball]);
  return project;
}
