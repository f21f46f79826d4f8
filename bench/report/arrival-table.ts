import type { Contender } from '../results/result.ts';
import { goodRuns, type Metric, ratioOf, spreadOf } from '../results/statistics.ts';
import { formatAmount, formatNumber } from './amounts.ts';
import { amountOrDash } from './contender-table.ts';
import { renderTable } from './table.ts';

const COLUMNS: readonly (readonly [string, Metric])[] = [
  ['50 %', 'secondsTo50'],
  ['90 %', 'secondsTo90'],
  ['99 %', 'secondsTo99'],
];

/** Whether the runs have times of arrival, for which the other table has no columns. */
export function haveArrivals(contenders: readonly Contender[]): boolean {
  return contenders.some(({ runs }) => runs.some(({ secondsTo50 }) => secondsTo50 !== undefined));
}

/** The times of arrival of the good files, and of the whole run: medians of the good runs. */
export function renderArrivals(contenders: readonly Contender[], ours: string | undefined): string {
  const compared = ours === undefined ? [] : ['99 %, ours to it', 'total, ours to it'];
  const header = ['', ...COLUMNS.map(([title]) => title), 'total', 'CPU', 'peak memory', 'files'];
  return renderTable(
    [...header, ...compared],
    contenders.map((contender) => {
      const amount = (metric: Metric, unit: 'seconds' | 'bytes') =>
        amountOrDash(spreadOf(contender, metric)?.median, unit);
      const ratio = (metric: Metric) =>
        ours === contender.name || ours === undefined
          ? ''
          : amountOrDash(ratioOf(contenders, ours, contender.name, metric), 'times');
      return [
        contender.name,
        ...COLUMNS.map(([, metric]) => amount(metric, 'seconds')),
        totalOf(contender),
        amount('cpuSeconds', 'seconds'),
        amount('peakBytes', 'bytes'),
        filesOf(contender),
        ...(compared.length === 0 ? [] : [ratio('secondsTo99'), ratio('wallSeconds')]),
      ];
    }),
  );
}

/** With `>` if the time limit ended a run, as the total would have been longer. */
function totalOf(contender: Contender): string {
  const total = spreadOf(contender, 'wallSeconds')?.median;
  if (total === undefined) return '–';
  const isLeast = goodRuns(contender).some(({ isStopped }) => isStopped);
  return `${isLeast ? '> ' : ''}${formatAmount(total, 'seconds')}`;
}

/** The fewest files of all good runs. */
function filesOf(contender: Contender): string {
  const files = goodRuns(contender).map((run) => run.files);
  return files.length === 0 ? '–' : formatNumber(Math.min(...files));
}
