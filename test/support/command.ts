import { fileURLToPath } from 'node:url';

/**
 * Path of the command that tests start. Under `npm test` it is the packaged command, which
 * `test/packaged-command.ts` makes. Otherwise (coverage, a single file) it is the checkout's, which runs
 * the sources.
 */
export const COMMAND =
  process.env.FLAGHOIST_TESTED ?? fileURLToPath(new URL('../../bin/flaghoist.js', import.meta.url));
