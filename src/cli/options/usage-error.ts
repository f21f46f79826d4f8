import { safeLine } from '../../model/safe-text.ts';
import { EXIT } from '../exit-code.ts';

/** The command line asks for something impossible. The message is one line that says what to change. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Says on stderr what is wrong and how the command is used, and has the process exit with 2. */
export function reportUsageError(error: UsageError, usageLine: string): void {
  process.stderr.write(`*** Usage error: ${safeLine(error.message)}\n${usageLine}\n`);
  process.exitCode = EXIT.usage;
}
