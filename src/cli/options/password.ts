import { readFile, stat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import type { Auth } from '../../fetch/http-options.ts';
import { withoutMark } from '../../model/byte-order-mark.ts';
import { messageOf } from '../../model/failure.ts';
import { safeLine } from '../../model/safe-text.ts';
import { UsageError } from './values.ts';

/**
 * Reads the value of `--user`: `USER:PASSWORD`, or a user whose password is asked for.
 * @throws UsageError
 */
export async function login(value: string, ask = askPassword): Promise<Auth> {
  return loginIn(value) ?? { type: 'basic', username: value, password: await ask(value) };
}

/**
 * Reads the file of `--user-file`: `USER:PASSWORD` in its first line. Warns on stderr when other
 * users of the machine may read it.
 * @throws UsageError whose message shows nothing of the contents
 */
export async function loginFile(path: string): Promise<Auth> {
  let text: string;
  let mode: number;
  try {
    text = await readFile(path, 'utf8');
    ({ mode } = await stat(path));
  } catch (cause) {
    throw new UsageError(`--user-file FILE cannot be read: ${messageOf(cause)}`, { cause });
  }
  const [line = ''] = withoutMark(text).split(/\r?\n/, 1);
  const found = loginIn(line);
  if (found === undefined) {
    throw new UsageError(`--user-file ${path}: its first line must be USER:PASSWORD`);
  }
  if (process.platform !== 'win32' && (mode & READABLE_BY_OTHERS) !== 0) {
    process.stderr.write(`flaghoist: other users may read ${path}: chmod 600 keeps it to you\n`);
  }
  return found;
}

/** The permission to read, for the group and for all (chmod(2)). */
const READABLE_BY_OTHERS = 0o044;

function loginIn(text: string): Auth | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { type: 'basic', username: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** Where a password is asked for. */
export interface PasswordTerminal {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly output: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/**
 * Asks for the password of `--user` on the terminal, which does not show it.
 * @throws UsageError where there is no terminal, or at the end of input
 */
export async function askPassword(
  user: string,
  { input, output }: PasswordTerminal = { input: process.stdin, output: process.stderr },
): Promise<string> {
  if (input.isTTY !== true || output.isTTY !== true) {
    throw new UsageError(
      '--user USER has no password and there is no terminal to ask on: give --user USER:PASSWORD, --user-file or --netrc',
    );
  }
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const reader = createInterface({ input, output: silent, terminal: true, historySize: 0 });
  // Only now does the terminal show nothing: what the user types ahead must not appear.
  output.write(`Password for ${safeLine(user)}: `);
  try {
    const password = await answerTo(reader);
    if (password === undefined) throw new UsageError('no password was given for --user USER');
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
    // While the password is typed, Ctrl-C is a character and sends no signal.
    reader.once('SIGINT', () => {
      reader.close();
      process.kill(process.pid, 'SIGINT');
    });
  });
}
