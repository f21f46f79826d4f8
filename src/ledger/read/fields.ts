import type { SQLOutputValue } from 'node:sqlite';

/**
 * The values of one line of the ledger, checked to be what a run writes: the database may have been edited.
 */
export class Fields {
  readonly #row: Readonly<Record<string, SQLOutputValue>>;
  readonly #what: string;

  /** @param what the name of the line in messages, such as `its record 5` */
  constructor(row: Readonly<Record<string, SQLOutputValue>>, what: string) {
    this.#row = row;
    this.#what = what;
  }

  /** @throws Error when the column has no text */
  text(column: string): string {
    return this.optionalText(column) ?? this.wrong(column);
  }

  /** @throws Error when the column has any other value */
  optionalText(column: string): string | undefined {
    const value = this.#row[column];
    if (value === null) return undefined;
    return typeof value === 'string' ? value : this.wrong(column);
  }

  /** @throws Error when the column has no number, or a negative one */
  number(column: string): number {
    return this.optionalNumber(column) ?? this.wrong(column);
  }

  /** @throws Error when the column has any other value, or a negative number */
  optionalNumber(column: string): number | undefined {
    const value = this.#row[column];
    if (value === null) return undefined;
    const isRight = typeof value === 'number' && value >= 0 && value <= Number.MAX_SAFE_INTEGER;
    return isRight ? value : this.wrong(column);
  }

  /** @throws Error when the column has another value than one of `words` */
  word<T extends string>(column: string, words: readonly T[]): T {
    const value = this.text(column);
    return words.find((word) => word === value) ?? this.wrong(column);
  }

  /** @throws Error when the column has no JSON of a list of texts */
  texts(column: string): readonly string[] {
    const texts = parseJson(this.text(column));
    return areTexts(texts) ? texts : this.wrong(column);
  }

  /** @throws Error always */
  wrong(column: string): never {
    const value = this.#row[column];
    const shown = value === undefined ? 'nothing' : JSON.stringify(String(value).slice(0, 50));
    throw new Error(
      `${this.#what} has ${shown} as its ${column}, which no run writes; correct it, or move the ledger away`,
    );
  }
}

/** @returns undefined for what is no JSON */
export function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

export function areTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((text) => typeof text === 'string');
}
