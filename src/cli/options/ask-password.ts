import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { safeLine } from '../../model/safe-text.ts';
import { UsageError } from './usage-error.ts';

/** What a password is asked for on. */
export interface PasswordTerminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Asks for a password on the terminal, which does not show it.
 * @param user whose it is
 * @param option that it is for, for messages
 * @throws UsageError where there is no terminal, or the answer is the end of input
 */
export async function askPassword(
  user: string,
  option: string,
  { input, output }: PasswordTerminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  if (input.isTTY !== true || output.isTTY !== true) {
    throw new UsageError(
      `${option} without a password asks for it, and this is no terminal: give ${option}:PASSWORD, --user-file or --netrc`,
    );
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  // Only now that the terminal shows nothing: what is typed ahead must not appear.
  output.write(`Password for ${safeLine(user)}: `);
  try {
    const password = await answerTo(reader);
    if (password === undefined) throw new UsageError(`no password was given for ${option}`);
    return password;
  } finally {
    reader.close();
    output.write('\n');
  }
}

/** @returns undefined at the end of input (Ctrl-D) */
function answerTo(reader: ReturnType<typeof createInterface>): Promise<string | undefined> {
  return new Promise((resolve) => {
    reader.once('line', resolve);
    reader.once('close', () => resolve(undefined));
    // While the password is typed, Ctrl-C is a character and no signal.
    reader.once('SIGINT', () => {
      reader.close();
      process.kill(process.pid, 'SIGINT');
    });
  });
}
