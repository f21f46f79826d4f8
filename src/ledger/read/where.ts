import { reasonsMeantBy } from '../../model/reason.ts';
import { ROW_FIELDS } from '../../model/row-fields.ts';
import { safeLine } from '../../model/safe-text.ts';
import { type ColumnType, type Dialect, SQLITE } from './dialect.ts';

/** A condition that is not valid. The message is one line that says where and why. */
export class WhereError extends Error {
  override readonly name = 'WhereError';
  /** The position of the character that is wrong, from 1. */
  readonly column: number;

  constructor(column: number, what: string) {
    super(`column ${column}: ${what}`);
    this.column = column;
  }
}

/** A condition in SQL, with the values of its `?`. */
export interface Condition {
  readonly sql: string;
  readonly values: readonly (string | number)[];
}

/** Nested parentheses and `not`, at most: more could only be meant to overflow the stack. */
const DEEPEST = 50;

const COMPARISONS: ReadonlySet<string> = new Set(['=', '==', '!=', '<>', '<', '<=', '>', '>=']);
const EQUAL: ReadonlySet<string> = new Set(['=', '==']);
const UNEQUAL: ReadonlySet<string> = new Set(['!=', '<>']);

type Value = Extract<Token, { type: 'text' | 'number' }>;

/**
 * Translates a condition such as `status in (429, 503) and host = 'example.com'`.
 *
 *     any     = all { "or" all }
 *     all     = one { "and" one }
 *     one     = "not" one | "(" any ")" | column test
 *     test    = ("=" | "!=" | "<" | "<=" | ">" | ">=") value
 *             | ["not"] "in" "(" value { "," value } ")"
 *             | ["not"] "like" text
 *             | "is" ["not"] "null"
 *     value   = 'text' | number | word
 *
 * Nothing of the text gets into the SQL: columns come from a table, values are bound.
 *
 * @param dialect of the database that the condition is for
 * @param values those of the statement before the condition; its own are added
 * @throws WhereError
 */
export function parseWhere(
  text: string,
  dialect: Dialect = SQLITE,
  values: readonly (string | number)[] = [],
): Condition {
  const parser = new Parser(tokens(text), dialect, values);
  return { sql: parser.parse(), values: parser.values };
}

class Parser {
  readonly values: (string | number)[];
  readonly #tokens: readonly Token[];
  readonly #dialect: Dialect;
  #at = 0;
  #depth = 0;

  constructor(all: readonly Token[], dialect: Dialect, before: readonly (string | number)[]) {
    this.#tokens = all;
    this.#dialect = dialect;
    this.values = [...before];
  }

  parse(): string {
    const sql = this.#any();
    if (this.#now.type !== 'end') throw this.#wrong("'and', 'or' or the end");
    return sql;
  }

  #any(): string {
    const parts = [this.#all()];
    while (this.#took('or')) parts.push(this.#all());
    return `(${parts.join(' OR ')})`;
  }

  #all(): string {
    const parts = [this.#one()];
    while (this.#took('and')) parts.push(this.#one());
    return parts.join(' AND ');
  }

  #one(): string {
    if (++this.#depth > DEEPEST) throw new WhereError(this.#now.column, 'this is nested too deep');
    const sql = this.#inner();
    this.#depth--;
    return sql;
  }

  #inner(): string {
    if (this.#took('not')) return `NOT ${this.#one()}`;
    if (!this.#took('(')) return this.#test(this.#column());
    const sql = this.#any();
    this.#expect(')');
    return sql;
  }

  #column(): WhereColumn & { readonly name: string } {
    const token = this.#now;
    if (token.type !== 'word') throw this.#wrong('a column');
    const columns = columnsOf(this.#dialect);
    const column = columns.get(token.text.toLowerCase().replaceAll('_', ''));
    if (column === undefined) {
      throw new WhereError(
        token.column,
        `no column ${shown(token)}; there are ${namesOf(columns)}`,
      );
    }
    this.#at++;
    return { ...column, name: token.text };
  }

  #test(column: WhereColumn & { readonly name: string }): string {
    if (this.#took('is')) {
      const not = this.#took('not') ? ' NOT' : '';
      this.#expect('null');
      return `(${column.sql} IS${not} NULL)`;
    }
    const isNegated = this.#took('not');
    const test = this.#took('in') ? this.#among(column) : this.#like(column);
    if (test !== undefined) return isNegated ? `NOT ${test}` : test;
    if (isNegated) throw this.#wrong("'in' or 'like'");
    return this.#comparison(column);
  }

  #comparison(column: WhereColumn & { readonly name: string }): string {
    const token = this.#now;
    if (token.type !== 'sign' || !COMPARISONS.has(token.text)) {
      throw this.#wrong("=, !=, <, <=, >, >=, 'in', 'like' or 'is'");
    }
    this.#at++;
    if (EQUAL.has(token.text)) return this.#equality(column);
    if (UNEQUAL.has(token.text)) return `NOT ${this.#equality(column)}`;
    const { asked, value } = this.#operand(column);
    // A missing value is neither less nor more, and `not` must not change that.
    return this.#dialect.orFalse(`${asked.sql} ${token.text} ${this.#bind(value, asked.type)}`);
  }

  #among(column: WhereColumn & { readonly name: string }): string {
    this.#expect('(');
    const tests: string[] = [];
    do tests.push(this.#equality(column));
    while (this.#took(','));
    this.#expect(')');
    return `(${tests.join(' OR ')})`;
  }

  #like(column: WhereColumn & { readonly name: string }): string | undefined {
    if (!this.#took('like')) return undefined;
    const pattern = this.#value();
    if (pattern.type !== 'text') throw new WhereError(pattern.column, "'like' needs a text");
    const { like, orFalse } = this.#dialect;
    return orFalse(like(column.sql, this.#bind(pattern.text, 'text')));
  }

  /** Tests whether the column is the next value, or one that it stands for. */
  #equality(column: WhereColumn & { readonly name: string }): string {
    const { asked, value } = this.#operand(column);
    const meant = typeof value === 'string' && asked.meantBy ? asked.meantBy(value) : [value];
    const tests = meant.map((one) => this.#dialect.same(asked.sql, this.#bind(one, asked.type)));
    return `(${tests.join(' OR ')})`;
  }

  /** Adds a value to the statement. @returns its place in it */
  #bind(value: string | number, type: ColumnType): string {
    return this.#dialect.parameter(this.values.push(value), type);
  }

  /** Takes the next value, and finds the column that it is compared with. */
  #operand(column: WhereColumn & { readonly name: string }): {
    readonly asked: WhereColumn;
    readonly value: string | number;
  } {
    const value = this.#value();
    const asked = column.name === 'status' && value.type === 'number' ? HTTP_STATUS : column;
    if (asked.type !== value.type) {
      throw new WhereError(value.column, `${column.name} is a ${asked.type}, not ${shown(value)}`);
    }
    return { asked, value: value.type === 'number' ? value.value : value.text };
  }

  #value(): Value {
    const token = this.#now;
    if (token.type === 'sign' || token.type === 'end') throw this.#wrong('a value');
    this.#at++;
    // A word is a text: a shell has enough quotes around the whole already.
    return token.type === 'word' ? { ...token, type: 'text' } : token;
  }

  get #now(): Token {
    // The last token is 'end', and nothing moves past it.
    return this.#tokens[this.#at] as Token;
  }

  #took(expected: string): boolean {
    const token = this.#now;
    const isIt =
      (token.type === 'word' || token.type === 'sign') && token.text.toLowerCase() === expected;
    if (isIt) this.#at++;
    return isIt;
  }

  #expect(expected: string): void {
    if (!this.#took(expected)) throw this.#wrong(`'${expected}'`);
  }

  #wrong(expected: string): WhereError {
    return new WhereError(this.#now.column, `expected ${expected}, not ${shown(this.#now)}`);
  }
}

/** A token of a condition. */
type Token = {
  /** From 1. */
  readonly column: number;
} & (
  | { readonly type: 'word'; readonly text: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'sign'; readonly text: string }
  | { readonly type: 'end' }
);

/** Alternatives in the order in which they are tried; `wrong` is any other character. */
const PIECE =
  /(?<space>\s+)|(?<text>'(?:[^']|'')*')|(?<open>'.*)|(?<number>\d+(?:\.\d+)?(?![\w.-]))|(?<word>[a-z_][\w-]*)|(?<sign><=|>=|!=|<>|==|[=<>(),])|(?<wrong>.)/giu;

/** Splits a condition. @throws WhereError for a character without a meaning, and a text without an end */
function tokens(condition: string): Token[] {
  const found: Token[] = [];
  for (const { groups = {}, index } of condition.matchAll(PIECE)) {
    const { text, open, number, word, sign, wrong } = groups;
    const column = index + 1;
    if (open !== undefined) throw new WhereError(column, "this text has no end: a ' is missing");
    if (wrong !== undefined) throw new WhereError(column, `${safeLine(wrong)} has no meaning here`);
    if (text !== undefined) {
      found.push({ type: 'text', column, text: text.slice(1, -1).replaceAll("''", "'") });
    } else if (number !== undefined) found.push({ type: 'number', column, value: Number(number) });
    else if (word !== undefined) found.push({ type: 'word', column, text: word });
    else if (sign !== undefined) found.push({ type: 'sign', column, text: sign });
  }
  found.push({ type: 'end', column: condition.length + 1 });
  return found;
}

/** A token as messages show it. */
function shown(token: Token): string {
  if (token.type === 'end') return 'the end';
  if (token.type === 'number') return String(token.value);
  const text = safeLine(token.text);
  return token.type === 'text' ? `the text '${text}'` : `'${text}'`;
}

/** A column that conditions may name. No other name gets into a statement. */
interface WhereColumn {
  /** In SQL. */
  readonly sql: string;
  readonly type: ColumnType;
  /**
   * The values that a value of a condition stands for, with `=`, `!=` and `in`.
   * @default the value itself
   */
  readonly meantBy?: (text: string) => readonly string[];
}

/** The HTTP status, which `status` means when it is compared with a number. */
const HTTP_STATUS: WhereColumn = { sql: 'http_status', type: 'number' };

/** The columns of a dialect, by their names as they are shown. */
function columnsIn({ flag, host, hasRuns }: Dialect): [string, WhereColumn][] {
  return [
    ...ROW_FIELDS.map(({ name, column, type }): [string, WhereColumn] => [
      name,
      type === 'flag'
        ? { sql: flag(column), type: 'text' }
        : { sql: column, type: type === 'text' ? 'text' : 'number' },
    ]),
    ['reason', { sql: 'reason', type: 'text', meantBy: reasonsMeantBy }],
    ['host', { sql: host, type: 'text' }],
    ...(hasRuns ? [['run', { sql: 'run', type: 'number' }] satisfies [string, WhereColumn]] : []),
  ];
}

/** The columns that conditions may name, by names without capitals; each knows the name that is shown. */
type Columns = ReadonlyMap<string, WhereColumn & { readonly shown: string }>;

const BY_DIALECT = new Map<Dialect, Columns>();

/** The columns of a dialect by their names in JSON; capitals and underscores do not matter. */
function columnsOf(dialect: Dialect): Columns {
  const columns =
    BY_DIALECT.get(dialect) ??
    new Map(
      columnsIn(dialect).map(([shown, column]) => [shown.toLowerCase(), { ...column, shown }]),
    );
  BY_DIALECT.set(dialect, columns);
  return columns;
}

function namesOf(columns: Columns): string {
  return [...columns.values()]
    .map(({ shown }) => shown)
    .sort()
    .join(', ');
}

/** What a condition for the ledger of a directory may name, for messages. */
export const COLUMN_NAMES: string = namesOf(columnsOf(SQLITE));
