import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Picture } from '../../../src/report/page/page-data.ts';
import { reportJson } from '../../../src/report/page/report-json.ts';
import { reportState } from '../../../src/report/page/report-state.ts';
import { RowColumnsBuilder } from '../../../src/report/page/row-columns.ts';
import { SeriesRecorder } from '../../../src/report/page/series.ts';

const STATE = reportState(
  {
    ...{ directory: '.', run: undefined, isInUse: false, lastEnd: undefined, groups: [] },
    ...{ hosts: [], otherHosts: 0 },
  },
  { series: new SeriesRecorder(1_000).series(0), leftOut: undefined },
);

async function* listed<T>(...values: T[]): AsyncGenerator<T, void> {
  yield* values;
}

test('reportJson: the pieces are one ReportPage, however many rows there are', async () => {
  for (const rows of [0, 1, 5_000, 12_001]) {
    const builder = new RowColumnsBuilder();
    for (let index = 0; index < rows; index++) {
      const url = `https://example.com/${index}`;
      const row = { index, url, status: 'ok', bytes: 1, attempts: 1 } as const;
      builder.add(row, { path: `${index}`, start: undefined });
    }
    const pictures = [0, 1].map((row): Picture => ({ row, src: 'data:image/gif;base64,' }));
    const pieces = await Array.fromAsync(reportJson(STATE, builder.columns, listed(...pictures)));
    assert.ok(pieces.every((piece) => piece.length < 1_000_000));
    assert.deepEqual(JSON.parse(pieces.join('')), {
      kind: 'report',
      state: JSON.parse(JSON.stringify(STATE)),
      rows: builder.columns,
      pictures,
    });
  }
});
