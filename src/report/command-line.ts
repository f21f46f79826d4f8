import { safeLine } from '../model/safe-text.ts';

/**
 * A command line as it could be typed, in one printable line; '' for a run that no command started.
 * @param args the arguments after the program's name, with secrets hidden
 */
export function commandLine(args: readonly string[]): string {
  return args.length === 0 ? '' : ['flaghoist', ...args.map(shellWord)].join(' ');
}

/** A word for a shell, quoted where necessary. */
export function shellWord(word: string): string {
  const shown = safeLine(word);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
