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
