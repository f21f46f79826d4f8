/**
 * The code of an error of Node's, such as `ENOENT`.
 *
 * @returns undefined for an error without one, and for what is no error
 */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
