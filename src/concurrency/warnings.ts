/** Emits one process warning: what happened, and what helps to find out why as the detail. */
export function warn(what: string, detail: string): void {
  process.emitWarning(what, { type: 'ConcurrencyWarning', detail });
}

/**
 * Warns of a failure that cannot be thrown to any code; its stack is the detail.
 * @param origin more for the detail, in lines
 */
export function warnOf(what: string, error: unknown, origin = ''): void {
  const isError = error instanceof Error;
  const stack = isError ? (error.stack ?? error.message) : '';
  warn(
    `${what}: ${isError ? error.message : String(error)}`,
    [stack, origin].filter((text) => text !== '').join('\n'),
  );
}
