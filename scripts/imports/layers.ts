import type { Import, Module } from './read-module.ts';
import { layerOf, resolveImport } from './resolve.ts';

/** What a folder of `src/` (or a file right in it), or `web/`, may import, besides itself and `node:*`. */
interface Layer {
  /** Layers it may use. */
  readonly uses: readonly string[];
  /** Layers whose types it may name, with `import type`, without loading their code. */
  readonly usesTypesOf?: readonly string[];
  /** Whether it may use npm packages: yes, when left out. */
  readonly packages?: boolean;
  /** Whether it may use `node:*`: yes, when left out. */
  readonly node?: boolean;
  /** Files outside of the sources that are built in. */
  readonly files?: readonly string[];
  /** The only file that other layers may import. Any file, when left out. */
  readonly entrance?: string;
}

export type Layout = Readonly<Record<string, Layer>>;

/** One line for each import that the layout does not allow. */
export function forbiddenImports(modules: readonly Module[], layout: Layout): string[] {
  return modules.flatMap((module) => {
    const name = layerOf(module.path);
    if (name === undefined || layout[name] === undefined) {
      return [`${module.path}:1 is in no layer: add it to the layout in scripts/check-imports.ts`];
    }
    return module.imports.flatMap((item) => {
      const target = resolveImport(module.path, item.specifier) ?? item.specifier;
      const reason = objection(module.path, item, name, layout);
      return reason === undefined
        ? []
        : [`${module.path}:${item.line} imports ${target}: ${reason}`];
    });
  });
}

function objection(
  importer: string,
  { specifier, typeOnly }: Import,
  name: string,
  layout: Layout,
): string | undefined {
  const layer = layout[name] ?? { uses: [] };
  const file = resolveImport(importer, specifier);
  if (file === undefined) {
    const isNode = specifier.startsWith('node:');
    if (isNode) return layer.node === false ? `${name} may import nothing of Node` : undefined;
    return layer.packages === false ? `${name} may import no package, only node:*` : undefined;
  }
  if (layer.files?.includes(file)) return undefined;
  const target = layerOf(file);
  if (target === undefined) return 'it is outside of src, so the built package does not have it';
  if (target === name) return undefined;
  const isAllowed = layer.uses.includes(target);
  if (!isAllowed && !layer.usesTypesOf?.includes(target)) {
    return `${name} may import only ${listing(layer)}`;
  }
  const entrance = layout[target]?.entrance;
  if (entrance !== undefined && file !== entrance) return `import ${entrance} instead`;
  return isAllowed || typeOnly ? undefined : `${name} may import only types from ${target}`;
}

function listing({ uses, usesTypesOf = [] }: Layer): string {
  const all = [...uses, ...usesTypesOf.map((layer) => `types of ${layer}`)];
  return all.length === 0 ? 'itself' : all.join(', ');
}
