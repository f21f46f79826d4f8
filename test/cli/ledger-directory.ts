import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ledger } from '../../src/ledger/ledger.ts';
import { HttpStatusError } from '../../src/model/failure.ts';
import { failedOutcome, type Outcome } from '../../src/model/outcome.ts';

/**
 * Writes a ledger into `directory`: one row is ok, one failed, one was not found.
 * @param facts what the first one has besides
 */
export async function writeLedger(directory: string, facts: Partial<Outcome> = {}): Promise<void> {
  const ledger = Ledger.open(directory, { arguments: ['get', '-i', 'list.txt'] });
  const urls = ['a', '=b', 'c'].map((name) => `https://example.com/${name}`);
  const items = urls.map((url, index) => ({ index, url, name: url.slice(20) }));
  for (const item of items) {
    const path = join(directory, 'a');
    const failure = (status: number): Outcome => ({
      ...failedOutcome(item, new HttpStatusError(status)),
      attempts: 2,
    });
    const ok: Outcome = {
      item,
      status: 'ok',
      path,
      bytes: 5,
      httpStatus: 200,
      attempts: 1,
      ...facts,
    };
    await ledger.record([ok, failure(503), failure(404)][item.index] ?? ok);
  }
  await ledger.close('complete');
}

/** The contents of all files that a run has left in its own folder: SQLite's, parts and so on. */
export async function contentsOfLedger(directory: string): Promise<string> {
  const folder = join(directory, '.flaghoist');
  const contents: string[] = [];
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    const path = join(entry.parentPath, entry.name);
    contents.push(path);
    if (entry.isFile()) contents.push(await readFile(path, 'latin1'));
  }
  return contents.join('\n');
}
