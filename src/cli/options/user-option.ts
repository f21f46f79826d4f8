import { readFile, stat } from 'node:fs/promises';
import type { Login } from '../../fetch/auth/credentials.ts';
import { withoutMark } from '../../model/byte-order-mark.ts';
import { messageOf } from '../../model/failure.ts';
import { askPassword } from './ask-password.ts';
import { UsageError } from './usage-error.ts';

/**
 * What `--user` says: `USER:PASSWORD`, or a user whose password is asked for.
 * @param ask asks for it
 * @throws UsageError
 */
export async function userOption(value: string, ask = askPassword): Promise<Login> {
  const login = loginIn(value);
  return login ?? { username: value, password: await ask(value, '--user USER') };
}

/**
 * What the file of `--user-file` says: `USER:PASSWORD` in its first line. That other users of the machine may
 * read it is said on stderr.
 * @throws UsageError without what is in it
 */
export async function userFile(path: string): Promise<Login> {
  let text: string;
  let mode: number;
  try {
    text = await readFile(path, 'utf8');
    ({ mode } = await stat(path));
  } catch (cause) {
    throw new UsageError(`--user-file FILE cannot be read: ${messageOf(cause)}`, { cause });
  }
  const [line = ''] = withoutMark(text).split(/\r?\n/, 1);
  const login = loginIn(line);
  if (login === undefined) {
    throw new UsageError(`--user-file ${path}: its first line must be USER:PASSWORD`);
  }
  if (process.platform !== 'win32' && (mode & FOR_OTHERS) !== 0) {
    process.stderr.write(`flaghoist: other users may read ${path}: chmod 600 keeps it to you\n`);
  }
  return login;
}

/** Reading, for the group and for all. */
const FOR_OTHERS = 0o044;

function loginIn(text: string): Login | undefined {
  const colon = text.indexOf(':');
  if (colon < 0) return undefined;
  return { username: text.slice(0, colon), password: text.slice(colon + 1) };
}
