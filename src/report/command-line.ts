import { safeLine } from '../model/safe-text.ts';

/**
 * A command of ours as it could be typed, in one printable line; '' for a run that none began.
 * @param args what followed the program's name, secrets hidden
 */
export function commandLine(args: readonly string[]): string {
  return args.length === 0 ? '' : ['flaghoist', ...args.map(shellWord)].join(' ');
}

/** As a shell would take it: quoted where it has to be. */
export function shellWord(word: string): string {
  const shown = safeLine(word);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
