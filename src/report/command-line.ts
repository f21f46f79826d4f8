import { safeLine } from '../model/safe-text.ts';

/**
 * A command line as it could be typed, in one printable line; '' for a run that no command started.
 * @param args the arguments after the program's name, with secrets hidden
 */
export function commandLine(args: readonly string[]): string {
  return args.length === 0 ? '' : ['flaghoist', ...args.map(shellWord)].join(' ');
}

/**
 * How to go on with a run that was interrupted, in a line or two.
 * @param args as in {@link commandLine}
 * @param hasLedger whether a next run knows what this one has done
 */
export function goOnText(args: readonly string[], hasLedger: boolean): string {
  if (!hasLedger) {
    return 'The same command begins anew: --no-ledger keeps no record to go on from.\n';
  }
  const needs = [
    ...(args.some((arg) => arg.includes('***')) ? ['the secrets in place of ***'] : []),
    ...(args.some((arg) => arg === '-' || arg === '--input=-') ? ['the same list on stdin'] : []),
  ];
  const also = needs.length === 0 ? '' : ` (with ${needs.join(' and ')})`;
  return `To go on, run the same command again${also}:\n  ${commandLine(args)}\n`;
}

/** A word for a shell, quoted where necessary. */
export function shellWord(word: string): string {
  const shown = safeLine(word);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
