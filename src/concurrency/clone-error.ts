/** The error for `args` that could not be sent because of `error`. */
export function argumentError(args: readonly unknown[], error: unknown): Error {
  const index = args.findIndex((arg) => isCloneError(arg, error));
  return cloneError(index < 0 ? 'the arguments' : `argument ${index + 1}`, error);
}

/** @param what names the value that cannot be sent from one thread to another */
export function cloneError(what: string, cause: unknown): DOMException {
  const why = cause instanceof Error ? cause.message : String(cause);
  const message = `${what} cannot be sent between threads: ${why}`;
  return new DOMException(message, { name: 'DataCloneError', cause });
}

/** Whether cloning `value` fails as `error` says. */
function isCloneError(value: unknown, error: unknown): boolean {
  try {
    structuredClone(value);
    return false;
  } catch (own) {
    return String(own) === String(error);
  }
}
