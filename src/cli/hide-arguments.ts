import { safeArguments } from '../ledger/safe-arguments.ts';

/**
 * Takes secrets out of what other users of the machine see of this process (`ps`), where the command line
 * has some: a title takes the place of the command line. Until then they were there to be seen, and so they
 * are in the command line of a process that has started this one.
 * @param args those of the command line, without the program's name
 */
export function hideArguments(args: readonly string[]): void {
  const safe = safeArguments(args);
  if (safe.every((arg, i) => arg === args[i])) return;
  process.title = ['flaghoist', ...safe].join(' ');
}
