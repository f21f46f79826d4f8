/** A condition that cannot be understood. The message is one line that says where and why. */
export class WhereError extends Error {
  override readonly name = 'WhereError';
  /** Of the character at which it goes wrong, from 1. */
  readonly column: number;

  constructor(column: number, what: string) {
    super(`column ${column}: ${what}`);
    this.column = column;
  }
}
