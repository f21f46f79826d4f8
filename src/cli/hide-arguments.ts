import { safeArguments } from '../ledger/write/safe-arguments.ts';

/**
 * Hides secrets of the command line from the machine's other users (`ps`): a title takes the place of the
 * command line, with `***` for each. They are visible until then, and stay so in the command line of a
 * process that has started this one (`npm exec`).
 * @param args those of the command line, without the program's name
 */
export function hideArguments(args: readonly string[]): void {
  const safe = safeArguments(args);
  if (safe.every((arg, i) => arg === args[i])) return;
  process.title = ['flaghoist', ...safe].join(' ');
}
