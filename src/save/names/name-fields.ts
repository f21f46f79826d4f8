import { hash } from 'node:crypto';
import type { NameFacts } from './name-template.ts';
import { decodeSegment, lastSegment, splitName, visibleName } from './naming.ts';
import { TemplateError } from './template-error.ts';

/** One field of a name template. */
export interface Field {
  readonly name: string;
  /** Its value for one row: without `/`, which would begin a directory; `{path}` alone has some. */
  value(values: FieldValues): string;
}

/** What the fields of one row are taken from. */
export interface FieldValues {
  readonly facts: NameFacts;
  /** The row's, parsed. */
  readonly url: URL;
}

/** A longer query is replaced by its hash, in characters: a name has room for 255 bytes. */
const LONGEST_QUERY = 96;
/** What {@link safeName} would replace, so that two queries would become one. */
const UNSAFE_IN_QUERY = /[/\\:*?"<>|]/g;

const FIELDS: Readonly<Record<string, (values: FieldValues) => string>> = {
  name: (values) => oneSegment(nameOf(values)),
  stem: (values) => oneSegment(splitName(nameOf(values)).stem),
  ext: (values) => splitName(nameOf(values)).extension,
  host: ({ url }) => visibleName(url.host),
  path: ({ url }) => directoriesOf(url),
  query: ({ url }) => queryOf(url),
  index: ({ facts }) => String(facts.item.index),
  sha256: ({ facts }) => facts.sha256 ?? '',
};

/**
 * The field written as `{text}` in `template`.
 * @throws TemplateError when there is none
 */
export function fieldOf(
  text: string,
  template: string,
  columns: readonly string[] | undefined,
): Field {
  const value = Object.hasOwn(FIELDS, text) ? FIELDS[text] : undefined;
  if (value !== undefined) return { name: text, value };
  const width = /^index:0(\d{1,2})$/.exec(text)?.[1];
  if (width !== undefined) {
    return {
      name: 'index',
      value: ({ facts }) => String(facts.item.index).padStart(Number(width), '0'),
    };
  }
  const column = text.startsWith('column:') ? text.slice('column:'.length) : text;
  const missing = (known: readonly string[] | undefined) =>
    new TemplateError(
      `unknown field {${text}} in the name template "${template}": there are ${namesOf(known)}`,
    );
  if (text === '' || (columns !== undefined && !columns.includes(column))) throw missing(columns);
  return {
    name: 'column',
    value({ facts: { item } }) {
      const all = item.columns ?? {};
      if (!Object.hasOwn(all, column)) throw missing(Object.keys(all));
      return oneSegment(all[column] ?? '');
    },
  };
}

function namesOf(columns: readonly string[] | undefined): string {
  const fields = Object.keys(FIELDS).map((name) => `{${name}}`);
  const rest = columns?.map((column) => `{column:${column}}`) ?? ['{column:NAME}'];
  return [...fields, ...rest].join(' ');
}

function nameOf({ facts: { item, responseName }, url }: FieldValues): string {
  return item.name ?? responseName ?? lastSegment(url);
}

function oneSegment(value: string): string {
  return value.includes('/') ? value.replaceAll('/', '_') : value;
}

function directoriesOf({ pathname }: URL): string {
  const segments = pathname.slice(1).split('/').slice(0, -1);
  return segments.map((segment) => visibleName(oneSegment(decodeSegment(segment)))).join('/');
}

/** Stays percent-encoded: what is unsafe in a name differs from one query to the next. */
function queryOf({ search }: URL): string {
  if (search === '') return '';
  if (search.length > LONGEST_QUERY) return `@${hash('sha256', search).slice(0, 16)}`;
  return `@${search.slice(1).replace(UNSAFE_IN_QUERY, encode)}`;
}

function encode(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
