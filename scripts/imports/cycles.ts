import type { Module } from './read-module.ts';
import { resolveImport } from './resolve.ts';

/**
 * One line for each circle of imports. Imports of types count: files that need each other's types
 * can only be understood, and moved, together.
 */
export function importCycles(modules: readonly Module[]): string[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const finished = new Set<string>();
  const trail: string[] = [];
  const problems: string[] = [];

  function visit(module: Module): void {
    trail.push(module.path);
    for (const { specifier, line } of module.imports) {
      const path = resolveImport(module.path, specifier);
      const target = path === undefined ? undefined : byPath.get(path);
      if (target === undefined || finished.has(target.path)) continue;
      const start = trail.indexOf(target.path);
      if (start === -1) visit(target);
      else {
        const circle = [...trail.slice(start), target.path].join(' -> ');
        problems.push(`${module.path}:${line} closes a circle of imports: ${circle}`);
      }
    }
    trail.pop();
    finished.add(module.path);
  }

  for (const module of modules) if (!finished.has(module.path)) visit(module);
  return problems;
}
