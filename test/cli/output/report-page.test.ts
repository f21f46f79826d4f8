import assert from 'node:assert/strict';
import { readFile, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { reportPage } from '../../../src/cli/output/report-page.ts';
import { EVERY, LedgerReader } from '../../../src/ledger/read/ledger-reader.ts';
import { parseWhere } from '../../../src/ledger/read/where.ts';
import type { Outcome } from '../../../src/model/outcome.ts';
import type { ReportPage } from '../../../src/report/page/page-data.ts';
import { anItem, ok, refused, runOf } from '../../ledger/support.ts';
import { dataIn, STAND_IN_PAGE } from '../../support/stand-in-page.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const FLAG = new URL('../../../assets/flags/br.gif', import.meta.url);

async function pageOf(
  directory: string,
  where?: string,
  more: { readonly mostRows?: number } = {},
): Promise<ReportPage> {
  using reader = new LedgerReader(directory);
  const condition = where === undefined ? EVERY : parseWhere(where);
  const request = { directory, condition, where, template: STAND_IN_PAGE, ...more };
  const pieces = await Array.fromAsync(reportPage(reader, request));
  return dataIn(pieces.join('')) as ReportPage;
}

/** A run whose first row has a picture and whose second has a link to one. The last row failed. */
async function reported(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const flag = await readFile(FLAG);
  await writeFile(join(directory, '0.jpg'), flag);
  await symlink(join(directory, '0.jpg'), join(directory, '1.jpg'));
  const timings = { sent: 1, firstByte: 21, end: 41 };
  const done = (index: number): Outcome => {
    const startedAt = Date.now() + index * 100;
    return ok(anItem(index), { bytes: flag.length, queued: 2, startedAt, elapsed: 50, timings });
  };
  const failure = { ...refused(anItem(2)), startedAt: Date.now() + 1_000, elapsed: 30 };
  await runOf(directory, [done(0), done(1), failure]);
  return { directory, flag };
}

test('reportPage: counts that add up, rows, curves and pictures', async (t) => {
  const { directory, flag } = await reported(t);
  const { kind, state, rows, pictures } = await pageOf(directory);
  assert.equal(kind, 'report');
  assert.deepEqual([state.directory, state.ending, state.expected], [directory, 'complete', 3]);
  assert.deepEqual(state.totals, { ok: 2, skipped: 0, 'not-found': 0, failed: 1, cancelled: 0 });
  assert.equal(state.bytes, 2 * flag.length);
  assert.deepEqual(
    [rows.index, rows.status, rows.end],
    [
      [0, 1, 2],
      ['ok', 'ok', 'failed'],
      [50, 50, 30],
    ],
  );
  assert.deepEqual(rows.firstByte, [21, 21, null]);
  assert.ok(rows.start.every((start) => start !== null && start >= 0 && start < 5_000));
  const sum = (values: readonly number[]) => values.reduce((all, one) => all + one, 0);
  const { series } = state;
  assert.deepEqual([sum(series.ended), sum(series.notDone)], [3, 1]);
  assert.ok(Math.abs(sum(series.bytes) - state.bytes) <= 2);
  assert.equal(state.leftOut, undefined);
  assert.deepEqual(pictures, [{ row: 0, src: `data:image/gif;base64,${flag.toString('base64')}` }]);
});

test('reportPage: a condition selects rows, changes no count, and is named', async (t) => {
  const { directory } = await reported(t);
  const { state, rows } = await pageOf(directory, 'status = 503');
  assert.deepEqual([rows.index, state.totals.ok, state.totals.failed], [[2], 2, 1]);
  assert.deepEqual(state.leftOut, { rows: 2, which: 'the 2 that do not meet status = 503' });
});

test('reportPage: rows of earlier runs are listed, but not in the curves', async (t) => {
  const { directory } = await reported(t);
  const again = { ...ok(anItem(2)), startedAt: Date.now(), elapsed: 10 };
  await runOf(directory, [ok(anItem(0)), ok(anItem(1)), again].slice(2));
  const { state, rows } = await pageOf(directory);
  assert.equal(state.totals.ok, 3);
  assert.deepEqual(rows.start.slice(0, 2), [null, null]);
  assert.equal(
    state.series.ended.reduce((all, one) => all + one, 0),
    1,
  );
});

test('reportPage: too many rows are sampled, and all failed ones stay', async (t) => {
  const directory = await temporaryDirectory(t);
  const outcomes = Array.from({ length: 1_010 }, (_, index) =>
    index % 100 === 5 ? refused(anItem(index)) : ok(anItem(index)),
  );
  await runOf(directory, outcomes);
  const { state, rows } = await pageOf(directory, undefined, { mostRows: 1_000 });
  assert.deepEqual([state.totals.ok, state.totals.failed, state.expected], [999, 11, 1_010]);
  assert.equal(rows.index.length, 1_000);
  assert.equal(rows.status.filter((status) => status === 'failed').length, 11);
  assert.deepEqual(state.leftOut, {
    rows: 10,
    which: 'all but 989 of the 999 files that are there, spread evenly',
  });
});
