import { useMemo, useState } from 'preact/hooks';
import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import type { Series } from '../../src/report/page/page-data.ts';
import { formatDuration } from '../model/durations.ts';
import { peakOf, perSecond, secondsOf } from '../model/rates.ts';
import { tickLabel } from '../model/ticks.ts';
import { Chart, type ChartSeries } from './chart.tsx';
import { SeriesTable } from './series-table.tsx';

interface Props {
  readonly series: Series;
  readonly elapsed: number;
  readonly theme: string;
}

/** How the run went from second to second. */
export function OverTime({ series, elapsed, theme }: Props) {
  const [tableIsOpen, openTable] = useState(false);
  const charts = useMemo(() => chartsOf(series, elapsed), [series, elapsed]);
  const isEmpty = [series.ended, series.inFlight, series.bytes].every((values) =>
    values.every((value) => value === 0),
  );
  if (isEmpty) return null;
  return (
    <section id="over-time" aria-labelledby="over-time-title">
      <h2 id="over-time-title">Over time</h2>
      <div class="charts">
        {charts.map((chart) => (
          <Chart key={chart.title} {...chart} theme={theme} />
        ))}
      </div>
      <details onToggle={({ currentTarget }) => openTable(currentTarget.open)}>
        <summary>The same numbers as a table</summary>
        {tableIsOpen && <SeriesTable series={series} />}
      </details>
    </section>
  );
}

function chartsOf(series: Series, elapsed: number) {
  const seconds = [...secondsOf(series), endOf(series, elapsed) / 1000];
  const step = Math.min(series.interval, 1000);
  const rate = (value: number) =>
    value < 10 ? String(+value.toFixed(1)) : formatCount(Math.round(value));
  const ended = perSecond(series, series.ended, elapsed);
  const bytes = perSecond(series, series.bytes, elapsed);
  const peak = (values: readonly (number | null)[], format: (value: number) => string) => {
    const { value, at } = peakOf(values) ?? { value: 0, at: 0 };
    return `${format(value)} at ${tickLabel((seconds[at] ?? 0) * 1000, step)}`;
  };
  const chart = (
    title: string,
    summary: string,
    format: (value: number) => string,
    ...lines: ChartSeries[]
  ) => ({ title, summary, seconds, format, series: lines });

  const notDone = perSecond(series, series.notDone, elapsed);
  // Not in the chart of all rows: beside thousands, a few that fail are not to be seen.
  const failures = chart('Missing files, a second', `At most ${peak(notDone, rate)}.`, rate, {
    ...{ label: 'failed, not found or cancelled', color: 'failed', look: 'area' },
    values: notDone,
  });

  return [
    chart('Files a second', `At most ${peak(ended, rate)}.`, rate, {
      label: 'ended',
      color: 'wait',
      look: 'area',
      values: ended,
    }),
    ...(peakOf(notDone)?.value ? [failures] : []),
    chart(
      'Under way',
      `At most ${peak(series.inFlight, rate)}, with those that wait for another try${allowedSummary(series)}.`,
      rate,
      { label: 'files under way', color: 'body', look: 'area', values: series.inFlight },
      { label: 'requests allowed', color: 'text', look: 'steps', values: series.allowed },
    ),
    chart(
      'Time to the first byte',
      peakOf(series.p50) === undefined
        ? 'Nothing was answered.'
        : `The median at most ${peak(series.p50, formatDuration)}; p99 at most ${peak(series.p99, formatDuration)}.`,
      formatDuration,
      { label: 'p50', color: 'wait', look: 'line', values: series.p50 },
      { label: 'p95', color: 'not-found', look: 'dashed', values: series.p95 },
      { label: 'p99', color: 'failed', look: 'dotted', values: series.p99 },
    ),
    chart(
      'Bytes a second',
      `At most ${peak(bytes, (value) => `${formatBytes(Math.round(value))}/s`)}.`,
      (value) => formatBytes(Math.round(value)),
      { label: 'bytes', color: 'save', look: 'area', values: bytes },
    ),
  ];
}

/** Where the last interval ends: it may not be over yet. */
function endOf({ interval, ended }: Series, elapsed: number): number {
  const began = (ended.length - 1) * interval;
  return elapsed > began ? elapsed : began + interval;
}

function allowedSummary({ allowed }: Series): string {
  const noted = allowed.filter((value) => value !== null);
  if (noted.length === 0) return '; how many requests were allowed was not noted';
  const [least, most, last] = [Math.min(...noted), Math.max(...noted), noted.at(-1) ?? 0];
  const count = formatCount;
  if (least === most) return `; ${count(most)} requests were allowed all along`;
  return `; between ${count(least)} and ${count(most)} requests were allowed, ${count(last)} in the end`;
}
