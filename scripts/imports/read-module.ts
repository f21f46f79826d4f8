import { type Node, parseSync, Visitor } from 'oxc-parser';

/** One import, re-export or `import()` of a source file. */
export interface Import {
  readonly specifier: string;
  readonly line: number;
  /** Where the specifier is in the text, its quotes included. */
  readonly start: number;
  readonly end: number;
  /** Gone when the types are stripped, so it couples nothing at run time. */
  readonly typeOnly: boolean;
}

/** A use of a global that belongs to the program, like `process.exit`. */
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
 * Parsed rather than searched with a pattern, so that comments, strings and line breaks inside an
 * import cannot fool it. TypeScript 7 has no stable parser for scripts to use yet; this one reads
 * TypeScript and tells `import type` from `import`.
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

  // `import { type A } from './a.ts'` counts as a runtime import, since Node still loads the file;
  // only `import type` goes as a whole.
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
