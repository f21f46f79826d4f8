// Slow: starts processes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ledgerPath } from '../../src/ledger/folder.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { recordsIn } from './support.ts';

const PROGRAM = fileURLToPath(new URL('./programs/write-rows.ts', import.meta.url));
const ROWS = 6_000;
const KILLS = 6;

/** Runs the writer and kills it once it has said so many rows. @returns rows that it said are in */
async function runUntil(directory: string, rows: number): Promise<{ said: number; end: string }> {
  const child = spawn(process.execPath, [PROGRAM, directory, String(ROWS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(child, 'close');
  let said = 0;
  for await (const line of createInterface(child.stdout)) {
    if (Number(line) > 0) said = Number(line);
    if (said >= rows) child.kill('SIGKILL');
  }
  const [code, signal] = await closed;
  return { said, end: signal ?? String(code) };
}

test('Ledger: after kill -9 at any moment, each row is in it once', async (t) => {
  const directory = await temporaryDirectory(t);
  let most = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    // Further each time, and not at a round number of batches; the writer is anywhere in its work.
    const { said, end } = await runUntil(directory, ((kill * 7919) % ROWS) * 0.9);
    assert.equal(end, 'SIGKILL');
    most = Math.max(most, said);
    const indexes = checked(directory);
    assert.ok(indexes.length >= most, `${indexes.length} rows, but ${most} were said to be in`);
  }
  assert.deepEqual(await runUntil(directory, Number.POSITIVE_INFINITY), { said: ROWS, end: '0' });
  assert.deepEqual(
    checked(directory),
    Array.from({ length: ROWS }, (_, index) => index),
  );
});

/** The indexes of all records, in order; fails when the database is damaged or has one twice. */
function checked(directory: string): number[] {
  {
    using database = new DatabaseSync(ledgerPath(directory));
    const { integrity_check } = database.prepare('PRAGMA integrity_check').get() ?? {};
    assert.equal(integrity_check, 'ok');
  }
  const indexes = recordsIn(directory).map(({ index, status }) => {
    assert.equal(status, 'ok');
    return index;
  });
  assert.equal(new Set(indexes).size, indexes.length);
  return indexes.sort((a, b) => a - b);
}
