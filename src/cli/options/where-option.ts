import type { Condition } from '../../ledger/read/where.ts';
import { UsageError } from './usage-error.ts';

/** @param option how messages name it @throws UsageError that says at which column it goes wrong */
export async function whereCondition(text: string, option: string): Promise<Condition> {
  const { parseWhere, WhereError } = await import('../../ledger/read/where.ts');
  try {
    return parseWhere(text);
  } catch (error) {
    if (!(error instanceof WhereError)) throw error;
    throw new UsageError(`${option}: ${error.message}`, { cause: error });
  }
}
