/**
 * The run itself cannot start or go on, whatever becomes of its rows. The message is one line that
 * says what, where and what to do; the original error, if there is one, is the `cause`.
 */
export class BrokenRunError extends Error {
  override readonly name = 'BrokenRunError';
}
