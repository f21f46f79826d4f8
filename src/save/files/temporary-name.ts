import { randomBytes } from 'node:crypto';

/** In bytes: no other program makes a name of these by chance, or can guess it. */
const RANDOM_BYTES = 8;

/** Tells this process from all others. */
const OURS = randomBytes(RANDOM_BYTES).toString('hex');

let names = 0;

/** A name for a staging file that no other file has: 16 hex digits, `-` and a number. */
export function temporaryName(): string {
  names++;
  return `${OURS}-${names}`;
}

/** What {@link temporaryName} gives, and what earlier versions did, which began with the process id. */
export const TEMPORARY_NAME = /^[0-9a-f]+-\d+$/;

/** Such a name for a staging file among the user's own files: hidden, and it says whose it is. */
export function hiddenTemporaryName(): string {
  return `.flaghoist-${temporaryName()}.part`;
}
