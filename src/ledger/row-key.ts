import { hash } from 'node:crypto';
import { withoutCredentials } from '../model/without-credentials.ts';

/** What a row is known by from run to run: 16 bytes of a SHA-256, as 32 hex digits. */
export type RowKey = string;

/** Hex digits of a {@link RowKey}. */
const LENGTH = 32;

/**
 * The identity of a row across runs. It does not depend on where in the list the row stands, so a
 * list may grow, shrink and be sorted between two runs. Passwords in the URL do not count: the
 * ledger has none, and a row that comes from it must be the same row.
 *
 * @param occurrence which of the rows with this URL and name it is, from 1
 */
export function rowKey(
  item: { readonly url: string; readonly name?: string | undefined },
  occurrence: number,
): RowKey {
  // No URL and no name has a line end in it that the other could be cut at: names lose theirs.
  const identity = `${withoutCredentials(item.url)}\n${item.name ?? ''}\n${occurrence}`;
  return hash('sha256', identity, 'hex').slice(0, LENGTH);
}
