import type { Item } from '../../model/item.ts';
import { nearest } from '../../model/nearest.ts';
import type { Reasoned } from '../../model/reason.ts';
import type { RowKey } from '../../model/row-key.ts';
import {
  directoriesOf,
  lastSegment,
  oneSegment,
  queryOf,
  safePath,
  splitName,
  visibleName,
} from './naming.ts';

/** A name template that makes no sense, or none for this row. The message is one line. */
export class TemplateError extends Error implements Reasoned {
  override readonly name = 'TemplateError';
  readonly reason = 'bad-row';
}

/** What a name is made of. */
interface NameFacts {
  readonly item: Item;
  /** The name that the server gave the file, if it is to be used. The row's own name wins. */
  readonly responseName?: string | undefined;
  /** The SHA-256 of the whole file in hex, known once the file is complete. */
  readonly sha256?: string | undefined;
}

/** How files are named. */
export interface NameTemplate {
  /** Whether it has `{sha256}`: the name is then known only when the file is complete. */
  readonly needsDigest: boolean;
  /** Whether the file's own name is part of it, which the response may supply. */
  readonly needsName: boolean;
  /** Whether the row's number is part of it. */
  readonly needsIndex: boolean;
  /** The columns whose values are part of it. */
  readonly columns: readonly string[];
  /**
   * A relative path of safe segments with `/` between them, within the row's `directory`.
   * @throws TypeError for an invalid URL; TemplateError for a column that the row does not have
   */
  pathOf(facts: NameFacts): string;
}

/** How the names of a run are made. */
export interface NamingOptions {
  readonly template: NameTemplate;
  /** Whether the name that the server gives a file is used when the row has no name of its own. */
  readonly useContentDisposition: boolean;
}

/** `--tree`: host and path as on the server, with a file for each query. */
export const TREE_TEMPLATE = '{host}/{path}/{name}{query}';

/** A piece of a template: text between fields, a field, or a brace that stands for itself. */
const PIECE = /\{\{|\}\}|\{([^{}]*)\}|[{}]|[^{}]+/g;

/** One field of a name template. */
interface Field {
  readonly name: string;
  /** The column that it takes its value from, if it is one. */
  readonly column?: string;
  /** Its value for one row. Only that of `{path}` contains `/`, which would begin a directory. */
  value(values: FieldValues): string;
}

/** The values of the fields that need no parameter. */
const FIELDS: Readonly<Record<string, Field['value']>> = {
  name: (values) => oneSegment(nameOf(values)),
  stem: (values) => oneSegment(splitName(nameOf(values)).stem),
  ext: (values) => splitName(nameOf(values)).extension,
  host: ({ url }) => visibleName(url.host),
  path: ({ url }) => directoriesOf(url),
  query: ({ url }) => queryOf(url),
  index: ({ facts }) => placeOf(facts),
  sha256: ({ facts }) => facts.sha256 ?? '',
};

/** A file's name without a template. */
const DEFAULT: Field = {
  name: 'name',
  value: (values) => {
    const { item, responseName } = values.facts;
    const isOfUrl = item.name === undefined && responseName === undefined;
    return oneSegment(isOfUrl ? lastSegment(values.url) + queryOf(values.url) : nameOf(values));
  },
};

/**
 * Compiles a template such as `{host}/{path}/{name}`. Its fields:
 *
 * - `{name}`: the whole file name with its extension, from the row or else the URL; `{stem}` and
 *   `{ext}` are the parts before and after its last dot
 * - `{host}`: with the port, if there is one; `{path}`: the directories of the URL's path
 * - `{query}`: `@` and the URL's query; empty for a URL without one
 * - `{index}`: the row's number, from 0; `{index:06}` has leading zeros
 * - `{sha256}`: the file's, in hex
 * - `{column:NAME}`, or `{NAME}` if no field has that name: the row's value in that column
 *
 * Only the value of `{path}` adds directories. `{{` and `}}` stand for braces. Directories that turn out
 * empty are left out.
 *
 * Without a template, a file has the row's name, or the one that the server states; else that of the
 * URL with its query, `page@id=1`. So URLs that differ only in their query have files of their own, on
 * each run the same ones, in whatever order they come.
 *
 * @param columns those that every row has; undefined when they are not known beforehand
 * @throws TemplateError when the template makes no sense
 */
export function compileTemplate(text?: string, columns?: readonly string[]): NameTemplate {
  const pieces = text === undefined ? [DEFAULT] : piecesOf(text, columns);
  if (text !== undefined) checkShape(text, pieces);
  const fields = pieces.filter((piece) => typeof piece !== 'string');
  return {
    needsDigest: fields.some(({ name }) => name === 'sha256'),
    needsName: fields.some(({ name }) => ['name', 'stem', 'ext'].includes(name)),
    needsIndex: fields.some(({ name }) => name === 'index'),
    columns: fields.flatMap(({ column }) => column ?? []),
    pathOf(facts) {
      const values = new FieldValues(facts);
      let path = '';
      for (const piece of pieces) path += typeof piece === 'string' ? piece : piece.value(values);
      return safePath(facts.item.directory, path);
    },
  };
}

/**
 * The template of a run. Where something else than the URL identifies its rows, the query is no part of a
 * file's name either: it may be a signature, which is another one in the next list.
 *
 * @param names the template asked for, if any
 */
export function templateOf(names: string | undefined, rowKey: RowKey = 'url'): NameTemplate {
  return compileTemplate(names ?? (rowKey === 'url' ? undefined : '{name}'));
}

/**
 * The path of a row's file relative to the run's directory, before other rows and existing files are
 * considered (`NameRegistry`, `FinalNames`). It does not touch the disk.
 *
 * @returns undefined when the path depends on the response
 * @throws TypeError for an invalid URL; TemplateError for a column that the row does not have
 */
export function plannedPath(
  item: Item,
  { template, useContentDisposition }: NamingOptions,
): string | undefined {
  if (template.needsDigest) return undefined;
  if (useContentDisposition && template.needsName && item.name === undefined) return undefined;
  return template.pathOf({ item });
}

/** The row's number. */
function placeOf({ item }: NameFacts): string {
  return String(item.position ?? item.index);
}

/** What the fields of one row are taken from. The URL is parsed on demand: `{index}` does without. */
class FieldValues {
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

/** Refuses a template that would give every row a wrong name. */
function checkShape(text: string, pieces: readonly (string | Field)[]): void {
  const refuse = (why: string) => {
    throw new TemplateError(`the name template "${text}" ${why}`);
  };
  if (text === '') refuse('is empty');
  if (/^[/\\]|^[a-z]:/i.test(text)) {
    refuse('is absolute: give the directory with -d, and the file within it with -o');
  }
  if (text.split(/[/\\]/).some((segment) => segment === '..' || segment === '.')) {
    refuse('has "." or ".." in it: give the directory with -d, and the file within it with -o');
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

/**
 * The field written as `{text}` in `template`.
 * @throws TemplateError when there is no such field
 */
function fieldOf(text: string, template: string, columns: readonly string[] | undefined): Field {
  const value = Object.hasOwn(FIELDS, text) ? FIELDS[text] : undefined;
  if (value !== undefined) return { name: text, value };
  const width = /^index:0(\d{1,2})$/.exec(text)?.[1];
  if (width !== undefined) {
    return {
      name: 'index',
      value: ({ facts }) => placeOf(facts).padStart(Number(width), '0'),
    };
  }
  const column = text.startsWith('column:') ? text.slice('column:'.length) : text;
  const missing = (known: readonly string[] | undefined) =>
    new TemplateError(
      `unknown field {${text}} in the name template "${template}": ${guess(text, known)} ${fieldsWith(known)}`,
    );
  if (text === '' || (columns !== undefined && !columns.includes(column))) throw missing(columns);
  return {
    name: 'column',
    column,
    value({ facts: { item } }) {
      const all = item.columns ?? {};
      if (!Object.hasOwn(all, column)) throw missing(Object.keys(all));
      return oneSegment(all[column] ?? '');
    },
  };
}

/** What was meant, if a field is spelled much like this one; and the beginning of the list of fields. */
function guess(text: string, columns: readonly string[] = []): string {
  const field = nearest(text, [...Object.keys(FIELDS), ...columns]);
  return field === undefined ? 'there are' : `did you mean {${field}}? There are`;
}

/** All fields, as the user would write them. */
function fieldsWith(columns: readonly string[] | undefined): string {
  const fields = Object.keys(FIELDS).map((name) => `{${name}}`);
  const rest = columns?.map((column) => `{column:${column}}`) ?? ['{column:NAME}'];
  return [...fields, ...rest].join(' ');
}

function nameOf({ facts: { item, responseName }, url }: FieldValues): string {
  return item.name ?? responseName ?? lastSegment(url);
}
