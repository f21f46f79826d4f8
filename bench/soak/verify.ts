import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { resourceAt } from '../../src/server/faults/resource.ts';
import { numbers, pathOf } from './list.ts';

/** How the rows ended: by status, and by row. */
export interface Ends {
  readonly counts: Readonly<Record<string, number>>;
  /** The rows that are ok. */
  readonly ok: ReadonlySet<number>;
}

/**
 * Checks the files and the ledger of a run.
 * @throws AssertionError unless the ledger is sound and agrees with the run's outcomes, and each ok row
 *   has the right file, byte for byte, and no other row has one
 */
export async function verify(directory: string, rows: number, ends: Ends): Promise<void> {
  checkLedger(join(directory, '.flaghoist', 'ledger.db'), ends);
  const [host, ...more] = await Array.fromAsync(glob('*', { cwd: directory }));
  assert.ok(host !== undefined && more.length === 0, `one host: ${host} ${more}`);
  let found = 0;
  for (const row of numbers(rows)) {
    const path = pathOf(row);
    const file: Buffer | undefined = await readFile(join(directory, host, path)).catch(missing);
    assert.equal(file !== undefined, ends.ok.has(row), `row ${row}: a file only if it is ok`);
    if (file === undefined) continue;
    found++;
    assert.ok(resourceAt(path)?.body.equals(file), `row ${row}: not the right file`);
  }
  assert.equal(await countFiles(join(directory, host)), found, 'files that belong to no row');
}

function checkLedger(path: string, { counts }: Ends): void {
  using database = new DatabaseSync(path, { readOnly: true });
  const [check] = database.prepare('PRAGMA integrity_check').all();
  assert.deepEqual({ ...check }, { integrity_check: 'ok' });
  const said = database.prepare('SELECT status, count(*) AS count FROM rows GROUP BY status').all();
  assert.deepEqual(Object.fromEntries(said.map(({ status, count }) => [status, count])), counts);
}

async function countFiles(directory: string): Promise<number> {
  let count = 0;
  for await (const path of glob('bytes/*/*', { cwd: directory })) if (path !== '') count++;
  return count;
}

function missing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error;
}
