import { BadEncodingError } from './bad-encoding-error.ts';

const WORDS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'may not be read: permission denied',
  EPERM: 'may not be read: permission denied',
  Z_DATA_ERROR: 'its gzip data is damaged',
  Z_BUF_ERROR: 'its gzip data ends in the middle',
};

/** Why a list could not be opened or read on, in words. */
export function whyUnreadable(error: unknown): string {
  if (!(error instanceof Error)) return `cannot be read: ${String(error)}`;
  if (error instanceof BadEncodingError) return error.message;
  const words = 'code' in error && typeof error.code === 'string' ? WORDS[error.code] : undefined;
  return words ?? `cannot be read: ${error.message}`;
}
