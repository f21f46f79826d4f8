/**
 * The run itself cannot start or continue, unlike a single row that failed. The message is one line that
 * says what is wrong, where, and what to do; the original error, if there is one, is the `cause`.
 *
 * @example
 * ```ts
 * try {
 *   for await (const outcome of download(rows, { directory: '/mnt/full' })) save(outcome);
 * } catch (error) {
 *   if (!(error instanceof BrokenRunError)) throw error;
 *   console.error(error.message);
 * }
 * ```
 */
export class BrokenRunError extends Error {
  override readonly name = 'BrokenRunError';
}
