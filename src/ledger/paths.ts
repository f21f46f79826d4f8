import { join, sep } from 'node:path';

/** The ledger's own folder within the directory of a run. */
export function ledgerFolder(directory: string): string {
  return join(directory, '.flaghoist');
}

export function ledgerPath(directory: string): string {
  return join(ledgerFolder(directory), 'ledger.db');
}

/** Locked for as long as a run uses the directory; empty. */
export function lockPath(directory: string): string {
  return join(ledgerFolder(directory), 'lock.db');
}

/** A path as the ledger has it: with slashes on every system. */
export function slashed(path: string): string {
  return sep === '/' ? path : path.replaceAll(sep, '/');
}
