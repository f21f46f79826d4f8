/** The command line cannot be followed. The message is one line that says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
