import { inspect } from 'node:util';

/**
 * Shown as `<Lock locked waiting=2>`, by `toString()` as well as by `console.log` and `util.inspect`,
 * which would show no state otherwise: private fields are hidden from them.
 */
export abstract class Inspectable {
  /** The name of the class. Written out, because a bundler may rename the class. */
  abstract get [Symbol.toStringTag](): string;

  /** The words that {@link toString} shows behind the name. */
  protected abstract describe(): string[];

  /** The name and the state, on one line. */
  toString(): string {
    return `<${[this[Symbol.toStringTag], ...this.describe()].join(' ')}>`;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/** `value` on one line, as warnings and `toString()` show it. */
export function inBrief(value: unknown): string {
  if (value instanceof Error) return String(value);
  return inspect(value, { depth: 0, breakLength: Number.POSITIVE_INFINITY, maxStringLength: 80 });
}
