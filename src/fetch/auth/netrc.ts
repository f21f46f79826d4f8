import { withoutMark } from '../../model/byte-order-mark.ts';
import type { Login, Netrc } from './credentials.ts';

/** A quoted token, in which a backslash escapes the next character, or a plain one. */
const TOKEN = /"((?:[^"\\]|\\.)*)"|(\S+)/gs;

/** An entry that is being read. */
interface Entry {
  readonly machine: string | undefined;
  username: string;
  password: string;
}

/**
 * Reads a `.netrc` file: `machine HOST login USER password SECRET` in any layout, `default` for all
 * other hosts, comments from `#` to the end of the line. Macros (`macdef`) are skipped up to the
 * next blank line. Of several entries for a host, or for a user there, the first counts.
 *
 * @throws SyntaxError naming the line, never a secret
 */
export function parseNetrc(text: string): Netrc {
  const machines = new Map<string, Login[]>();
  let fallback: Login | undefined;
  for (const { machine, username, password } of entriesOf(withoutMark(text))) {
    const login = { username, password };
    const logins = machines.get(machine ?? '');
    if (machine === undefined) fallback ??= login;
    else if (logins === undefined) machines.set(machine, [login]);
    else logins.push(login);
  }
  const loginAt = (host: string, wanted?: string) => {
    const logins = machines.get(host);
    if (wanted === undefined) return logins?.[0];
    return logins?.find(({ username }) => username === wanted || username === '');
  };
  return { loginAt, fallback };
}

function entriesOf(text: string): Entry[] {
  const entries: Entry[] = [];
  const tokens = tokensOf(text);
  for (let { done, value } = tokens.next(); !done; { done, value } = tokens.next()) {
    if (value === undefined) break;
    const argument = () => {
      const next = tokens.next().value;
      if (next === undefined)
        throw new SyntaxError(`line ${value.line}: nothing after ${value.word}`);
      return next.word;
    };
    const entry = entries.at(-1);
    if (value.word === 'machine') {
      entries.push({ machine: argument().toLowerCase(), username: '', password: '' });
    } else if (value.word === 'default') {
      entries.push({ machine: undefined, username: '', password: '' });
    } else if (entry === undefined) {
      throw new SyntaxError(`line ${value.line}: "machine" or "default" comes first`);
    } else if (value.word === 'login') entry.username = argument();
    else if (value.word === 'password') entry.password = argument();
    else if (value.word === 'account') argument();
    else throw new SyntaxError(`line ${value.line}: not a word of .netrc`);
  }
  return entries;
}

/** Words that are followed by a value. */
const TAKES_ONE = new Set(['machine', 'login', 'password', 'account']);

function* tokensOf(text: string): Generator<{ word: string; line: number }, undefined> {
  let macro = false;
  let isArgument = false;
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    // A macro ends with the next blank line.
    if (macro) {
      macro = line.trim() !== '';
      continue;
    }
    for (const [, quoted, plain] of line.matchAll(TOKEN)) {
      // A password may begin with `#`, which otherwise begins a comment.
      if (!isArgument && plain?.startsWith('#')) break;
      if (!isArgument && plain === 'macdef') {
        macro = true;
        break;
      }
      const word = plain ?? (quoted ?? '').replace(/\\(.)/gs, '$1');
      yield { word, line: index + 1 };
      isArgument = !isArgument && TAKES_ONE.has(word);
    }
  }
}
