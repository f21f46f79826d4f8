import type { Module } from './read-module.ts';

/**
 * Globals that only a program may use. A library that exits, listens for signals or prints takes
 * that choice away from the program that imports it.
 */
const OF_THE_PROGRAM = new Set([
  'process.abort',
  'process.addListener',
  'process.exit',
  'process.exitCode',
  'process.kill',
  'process.on',
  'process.once',
  'process.prependListener',
  'process.stderr',
  'process.stdin',
  'process.stdout',
  'console.debug',
  'console.error',
  'console.info',
  'console.log',
  'console.table',
  'console.trace',
  'console.warn',
]);

/**
 * One line for each use of such a global outside of the files allowed.
 * @param allowed for a folder (ending in a slash) or a file, what it may use; `'*'` for everything
 */
export function forbiddenGlobals(
  modules: readonly Module[],
  allowed: Readonly<Record<string, readonly string[]>>,
): string[] {
  return modules.flatMap((module) => {
    const mayUse = Object.entries(allowed)
      .filter(
        ([place]) =>
          module.path === place || (place.endsWith('/') && module.path.startsWith(place)),
      )
      .flatMap(([, names]) => names);
    return module.globalUses
      .filter(
        ({ name }) => OF_THE_PROGRAM.has(name) && !mayUse.includes('*') && !mayUse.includes(name),
      )
      .map(
        ({ name, line }) =>
          `${module.path}:${line} uses ${name}: only the command, src/cli, may do that`,
      );
  });
}
