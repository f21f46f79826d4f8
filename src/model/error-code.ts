/**
 * The code of an error of Node's, such as `ENOENT`.
 *
 * @returns undefined for an error without one, and for what is no error
 */
export function errorCode(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** Whether an error of the file system says that there is nothing at a path. */
export function isMissing(error: unknown): boolean {
  const code = errorCode(error);
  // ENOTDIR: a file is where a directory on the way would be.
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/**
 * What the file system answers about a path, or undefined when there is nothing at it.
 * @throws the file system's other errors
 */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
