import type { Item } from '../../model/item.ts';
import { type Field, type FieldValues, fieldOf } from './name-fields.ts';
import { safePath } from './naming.ts';
import { TemplateError } from './template-error.ts';

/** What a name is made of. */
export interface NameFacts {
  readonly item: Item;
  /** The name that the server gave the file, where that is to count. The row's own name wins. */
  readonly responseName?: string | undefined;
  /** Of the whole file, in hex; known only at the end. */
  readonly sha256?: string | undefined;
}

/** How files are called. */
export interface NameTemplate {
  readonly text: string;
  /** Whether it has `{sha256}`: the name is known only when the file is whole. */
  readonly needsDigest: boolean;
  /** Whether the file's own name is part of it, which the response may have a say in. */
  readonly needsName: boolean;
  /**
   * A relative path, `/` between its segments, each of them safe; within the row's `directory`.
   * @throws TypeError for a URL that is none; TemplateError for a column that the row has not
   */
  pathOf(facts: NameFacts): string;
}

/** The file name of the row or of its URL, and nothing else. */
export const DEFAULT_TEMPLATE = '{name}';
/** `--tree`: host and path as they are on the server; each query has a file of its own. */
export const TREE_TEMPLATE = '{host}/{path}/{name}{query}';

/** A piece of a template: text between fields, a field, or a brace that stands for itself. */
const PIECE = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;

/**
 * Compiles a template such as `{host}/{path}/{name}`. Its fields:
 *
 * - `{name}`: the whole file name, extension included: the row's, else the URL's; `{stem}` and
 *   `{ext}` are what stands before and after its last dot
 * - `{host}`: with the port, where one is given; `{path}`: the directories of the URL's path
 * - `{query}`: `@` and the URL's query; empty for a URL without one
 * - `{index}`: the row's number, from 0; `{index:06}` has leading zeros
 * - `{sha256}`: of the file, in hex
 * - `{column:NAME}`, or `{NAME}` where no field is called so: what the row has in that column
 *
 * A value never adds directories, but for `{path}`. `{{` and `}}` stand for braces. Directories
 * that turn out empty are left out.
 *
 * @param columns those that every row has; leave it out where that is not known beforehand
 * @throws TemplateError when it cannot be meant
 */
export function compileTemplate(text: string, columns?: readonly string[]): NameTemplate {
  const pieces = piecesOf(text, columns);
  checkShape(text, pieces);
  const fields = pieces.filter((piece) => typeof piece !== 'string');
  return {
    text,
    needsDigest: fields.some(({ name }) => name === 'sha256'),
    needsName: fields.some(({ name }) => ['name', 'stem', 'ext'].includes(name)),
    pathOf(facts) {
      const values = new Values(facts);
      let path = '';
      for (const piece of pieces) path += typeof piece === 'string' ? piece : piece.value(values);
      return safePath(facts.item.directory, path);
    },
  };
}

/** The URL is parsed when a field asks for it: `{index}` does not. */
class Values implements FieldValues {
  readonly facts: NameFacts;
  #url: URL | undefined;

  constructor(facts: NameFacts) {
    this.facts = facts;
  }

  get url(): URL {
    this.#url ??= new URL(this.facts.item.url);
    return this.#url;
  }
}

function piecesOf(text: string, columns: readonly string[] | undefined): (string | Field)[] {
  return [...text.matchAll(PIECE)].map(([piece, field]) => {
    if (field !== undefined) return fieldOf(field, text, columns);
    if (piece === '{{' || piece === '}}') return piece.slice(1);
    if (piece === '{' || piece === '}') {
      throw new TemplateError(
        `a "${piece}" without its other half in the name template "${text}"; a brace itself is "${piece}${piece}"`,
      );
    }
    return piece;
  });
}

/** What would surprise in every name is refused before the first one. */
function checkShape(text: string, pieces: readonly (string | Field)[]): void {
  const refuse = (why: string) => {
    throw new TemplateError(`the name template "${text}" ${why}`);
  };
  if (text === '') refuse('is empty');
  if (/^[/\\]|^[a-z]:/i.test(text))
    refuse('is absolute: files stay within the directory of the run');
  if (text.split(/[/\\]/).some((segment) => segment === '..' || segment === '.')) {
    refuse('has "." or ".." in it: files stay within the directory of the run');
  }
  if (text.endsWith('/')) refuse('ends in "/": it names a directory, not a file');
  for (const [i, piece] of pieces.entries()) {
    const [dot, extension] = [pieces[i + 1], pieces[i + 2]];
    if (typeof piece === 'string' || piece.name !== 'name') continue;
    if (dot === '.' && typeof extension === 'object' && extension.name === 'ext') {
      refuse('has the extension twice: {name} brings it along; write {name} or {stem}.{ext}');
    }
  }
}
