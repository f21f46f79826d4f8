import { fileURLToPath } from 'node:url';

/**
 * The command that tests start. `npm test` has it packaged, by `test/packaged-command.ts`; where tests run
 * otherwise, as for coverage or one file alone, it is the checkout's, which runs the sources.
 */
export const COMMAND =
  process.env.FLAGHOIST_TESTED ?? fileURLToPath(new URL('../../bin/flaghoist.js', import.meta.url));
