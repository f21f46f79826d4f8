const elsewhere = new WeakSet<Error>();

/**
 * Notes that a request failed at another origin than its own, which a redirect led to. The note is kept
 * beside the error, since errors are of many classes, some of them Node's.
 */
export function noteFailedElsewhere(error: unknown): void {
  if (error instanceof Error) elsewhere.add(error);
}

/** Whether a request failed at an origin that a redirect led to: the origin that redirected works then. */
export function hasFailedElsewhere(error: unknown): boolean {
  return error instanceof Error && elsewhere.has(error);
}
