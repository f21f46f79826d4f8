import type { Module } from './read-module.ts';
import { resolveImport } from './resolve.ts';

/**
 * One line for each cycle of runtime imports. Types may go round in a circle: they are gone when
 * the code runs, so nothing depends on which file is loaded first.
 */
export function importCycles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const finished = new Set<string>();
  const trail: string[] = [];
  const problems: string[] = [];

  function visit(module: Module): void {
    trail.push(module.path);
    for (const { specifier, line, typeOnly } of module.imports) {
      const path = resolveImport(module.path, specifier);
      const target = path === undefined ? undefined : byPath.get(path);
      if (typeOnly || target === undefined || finished.has(target.path)) continue;
      const start = trail.indexOf(target.path);
      if (start === -1) visit(target);
      else {
        const cycle = [...trail.slice(start), target.path].join(' -> ');
        problems.push(`${module.path}:${line} closes an import cycle: ${cycle}`);
      }
    }
    trail.pop();
    finished.add(module.path);
  }

  for (const module of modules) if (!finished.has(module.path)) visit(module);
  return problems;
}
