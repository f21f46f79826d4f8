import { type ColumnType, type Dialect, SQLITE } from './dialect.ts';
import { columnsOf, HTTP_STATUS, namesOf, type WhereColumn } from './where-columns.ts';
import { WhereError } from './where-error.ts';
import { type Token, tokensOf, tokenText } from './where-tokens.ts';

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
  const parser = new Parser(tokensOf(text), dialect, values);
  return { sql: parser.parse(), values: parser.values };
}

type Value = Extract<Token, { type: 'text' | 'number' }>;

/** A column and its name in the condition. */
interface NamedColumn extends WhereColumn {
  readonly name: string;
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

  #column(): NamedColumn {
    const token = this.#now;
    if (token.type !== 'word') throw this.#wrong('a column');
    const columns = columnsOf(this.#dialect);
    const column = columns.get(token.text.toLowerCase().replaceAll('_', ''));
    if (column === undefined) {
      throw new WhereError(
        token.column,
        `no column ${tokenText(token)}; there are ${namesOf(columns)}`,
      );
    }
    this.#at++;
    return { ...column, name: token.text };
  }

  #test(column: NamedColumn): string {
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

  #comparison(column: NamedColumn): string {
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

  #among(column: NamedColumn): string {
    this.#expect('(');
    const tests: string[] = [];
    do tests.push(this.#equality(column));
    while (this.#took(','));
    this.#expect(')');
    return `(${tests.join(' OR ')})`;
  }

  #like(column: NamedColumn): string | undefined {
    if (!this.#took('like')) return undefined;
    const pattern = this.#value();
    if (pattern.type !== 'text') throw new WhereError(pattern.column, "'like' needs a text");
    const { like, orFalse } = this.#dialect;
    return orFalse(like(column.sql, this.#bind(pattern.text, 'text')));
  }

  /** Tests whether the column is the next value, or one that it stands for. */
  #equality(column: NamedColumn): string {
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
  #operand(column: NamedColumn): {
    readonly asked: WhereColumn;
    readonly value: string | number;
  } {
    const value = this.#value();
    const asked = column.name === 'status' && value.type === 'number' ? HTTP_STATUS : column;
    if (asked.type !== value.type) {
      throw new WhereError(
        value.column,
        `${column.name} is a ${asked.type}, not ${tokenText(value)}`,
      );
    }
    if (value.type === 'text' && asked.words?.has(value.text) === false) {
      const message = `no ${column.name} '${value.text}'; there are ${asked.words.shown}`;
      throw new WhereError(value.column, message);
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
    return new WhereError(this.#now.column, `expected ${expected}, not ${tokenText(this.#now)}`);
  }
}
