import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { flaghoistCommand } from '../peers/flaghoist.ts';

/** How many rows have a record, by reason, or by status if they have none. */
export interface Accounts {
  /** Rows with a final record. */
  readonly rows: number;
  readonly byReason: ReadonlyMap<string, number>;
}

/** Reads the ledger of a directory. @throws Error if it cannot be read */
export async function readAccounts(directory: string): Promise<Accounts> {
  const { file, args } = flaghoistCommand('report', directory, '--format', 'json');
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'close');
  const accounts = await countOutcomes(createInterface({ input: child.stdout }));
  const [code] = await ended;
  if (code !== 0) throw new Error(`flaghoist report ended with ${code}`);
  return accounts;
}

/** @param lines NDJSON, as `--json` prints it */
export async function countOutcomes(
  lines: AsyncIterable<string> | Iterable<string>,
): Promise<Accounts> {
  let rows = 0;
  const byReason = new Map<string, number>();
  for await (const line of lines) {
    const outcome = JSON.parse(line) as { type: string; status: string; reason?: string };
    if (outcome.type !== 'outcome') continue;
    rows++;
    const reason = outcome.reason ?? outcome.status;
    byReason.set(reason, (byReason.get(reason) ?? 0) + 1);
  }
  return { rows, byReason };
}
