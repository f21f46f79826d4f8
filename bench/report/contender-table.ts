import type { Contender, Unit } from '../results/result.ts';
import { goodRuns, type Metric, ratioOf, spreadOf } from '../results/statistics.ts';
import { formatAmount, formatNumber } from './amounts.ts';
import { renderTable } from './table.ts';

/** The medians of each contender's good runs, and the ratios of ours to them. */
export function renderContenders(
  contenders: readonly Contender[],
  ours: string | undefined,
): string {
  const compared = ours === undefined ? [] : ['wall, ours to it', 'CPU, ours to it'];
  const header = ['', 'wall', 'min – max', 'CPU', 'peak memory', 'files/s', ...compared];
  return renderTable(
    header,
    contenders.map((contender) => {
      const ratio = (metric: Metric) =>
        ours === undefined || ours === contender.name
          ? ''
          : amountOrDash(ratioOf(contenders, ours, contender.name, metric), 'times');
      return [
        contender.name,
        ...figuresOf(contender),
        ...(compared.length === 0 ? [] : [ratio('wallSeconds'), ratio('cpuSeconds')]),
      ];
    }),
  );
}

/** Wall time with its spread, CPU time, memory, and files per second. */
function figuresOf(contender: Contender): string[] {
  const wall = spreadOf(contender, 'wallSeconds');
  const files = goodRuns(contender)[0]?.files ?? 0;
  return [
    amountOrDash(wall?.median, 'seconds'),
    wall === undefined ? '–' : `${formatNumber(wall.min)} – ${formatNumber(wall.max)}`,
    amountOrDash(spreadOf(contender, 'cpuSeconds')?.median, 'seconds'),
    amountOrDash(spreadOf(contender, 'peakBytes')?.median, 'bytes'),
    wall === undefined || files === 0 ? '–' : formatRate(files / wall.median),
  ];
}

function formatRate(perSecond: number): string {
  return formatNumber(perSecond < 10 ? perSecond : Math.round(perSecond));
}

/** An amount, or a dash if nothing was measured. */
export function amountOrDash(value: number | undefined, unit: Unit): string {
  return value === undefined ? '–' : formatAmount(value, unit);
}
