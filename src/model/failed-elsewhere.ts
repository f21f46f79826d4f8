const elsewhere = new WeakSet<Error>();

/**
 * Notes that a request failed at another origin than it was made to, where a redirect had led. Kept
 * beside the errors, since they are of many classes, of Node too.
 */
export function noteFailedElsewhere(error: unknown): void {
  if (error instanceof Error) elsewhere.add(error);
}

/** Whether that is so: then the origin that redirected works. */
export function hasFailedElsewhere(error: unknown): boolean {
  return error instanceof Error && elsewhere.has(error);
}
