import { cp, readFile, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { bundleCommand } from '../../scripts/bundle/command.ts';
import { CHECKOUT, run } from './pack.ts';

/** A build of the command, as in the package, in a folder of its own. */
export interface BuiltCommand {
  readonly folder: string;
  /** The files in `dist/command` by name, each with the modules that it was bundled from. */
  readonly files: Readonly<Record<string, readonly string[]>>;
  /** Runs the command in the folder. @returns its stdout @throws unless it exits with 0 */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<string>;
}

/** Builds the command in an empty folder. */
export async function buildCommand(folder: string): Promise<BuiltCommand> {
  const chunks = await bundleCommand(join(folder, 'dist', 'command'));
  for (const part of ['bin', 'package.json', 'assets']) {
    await cp(join(CHECKOUT, part), join(folder, part), { recursive: true });
  }
  await symlink(join(CHECKOUT, 'node_modules'), join(folder, 'node_modules'));
  const command = join(folder, 'bin', 'flaghoist.js');
  return {
    folder,
    files: Object.fromEntries(chunks.map(({ fileName, moduleIds }) => [fileName, moduleIds])),
    run: (args, env) => run(folder, [process.execPath, command, ...args], env),
  };
}

/** The files and modules that a process had loaded when it ended. */
export interface Loaded {
  /** The names of our own files. */
  readonly files: readonly string[];
  /** Node's own modules. */
  readonly builtins: readonly string[];
}

/** Runs a built command, and lists what it loads. */
export async function loadedBy(command: BuiltCommand, args: readonly string[]): Promise<Loaded> {
  const report = join(command.folder, 'loaded.json');
  const probe = `
    const { createRequire } = process.getBuiltinModule('node:module');
    process.on('exit', () => {
      const files = Object.keys(createRequire('file:///').cache);
      const builtins = process.moduleLoadList;
      const text = JSON.stringify({ files, builtins });
      process.getBuiltinModule('node:fs').writeFileSync(${JSON.stringify(report)}, text);
    });`;
  const option = `--import data:text/javascript,${encodeURIComponent(probe)}`;
  await command.run(args, { NODE_OPTIONS: option });
  const { files, builtins } = JSON.parse(await readFile(report, 'utf8')) as Loaded;
  return {
    files: files.map((path) => path.slice(path.lastIndexOf('/') + 1)).sort(),
    builtins: builtins.map((name) => name.replace(/^NativeModule /, '')),
  };
}
