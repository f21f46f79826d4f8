import { type Node, parseSync, Visitor } from 'oxc-parser';

/** An import, a re-export or an `import()` of a source file. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Where the specifier is in the text, its quotes included. */
  readonly start: number;
  readonly end: number;
  /** Whether the import is gone when the types are stripped. */
  readonly typeOnly: boolean;
}

/** A use of a member of a global, such as `process.exit`. */
interface GlobalUse {
  readonly name: string;
  readonly line: number;
}

export interface Module {
  /** Where it is, from the root of the checkout, with forward slashes. */
  readonly path: string;
  readonly imports: readonly Import[];
  readonly globalUses: readonly GlobalUse[];
}

/**
 * The text is parsed, since a pattern would find imports in comments and strings. TypeScript 7 has no
 * stable parser for scripts yet; oxc reads TypeScript and tells `import type` from `import`.
 */
export function readModule(path: string, text: string): Module {
  const { program, errors } = parseSync(path, text);
  if (errors[0] !== undefined) throw new SyntaxError(`${path}: ${errors[0].message}`);

  const imports: Import[] = [];
  const globalUses: GlobalUse[] = [];
  const lineOf = (node: Node) => text.slice(0, node.start).split('\n').length;
  const addImport = (from: Node | null, typeOnly: boolean) => {
    if (from?.type !== 'Literal' || typeof from.value !== 'string') return;
    const { value: specifier, start, end } = from;
    imports.push({ specifier, line: lineOf(from), start, end, typeOnly });
  };

  // `import { type A } from './a.ts'` loads the file: only `import type` is stripped as a whole.
  new Visitor({
    ImportDeclaration: (node) => addImport(node.source, node.importKind === 'type'),
    ExportNamedDeclaration: (node) => addImport(node.source, node.exportKind === 'type'),
    ExportAllDeclaration: (node) => addImport(node.source, node.exportKind === 'type'),
    ImportExpression: (node) => addImport(node.source, false),
    TSImportType: (node) => addImport(node.source, true),
    MemberExpression: ({ object, property }) => {
      if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
      globalUses.push({ name: `${object.name}.${property.name}`, line: lineOf(object) });
    },
  }).visit(program);

  return { path, imports, globalUses };
}
