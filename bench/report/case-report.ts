import { isMet } from '../results/goals.ts';
import type { CaseResult, Contender, Figure, Goal } from '../results/result.ts';
import { goodRuns, type Metric, ratioOf, spreadOf } from '../results/statistics.ts';
import { formatAmount, formatNumber } from './amounts.ts';
import { renderTable } from './table.ts';

/** Everything that a case found, as Markdown without a heading. */
export function renderCase(found: CaseResult): string {
  const { contenders, ours, figures = [], goals, notes = [] } = found;
  const raced = contenders.filter(({ runs }) => runs.length > 0);
  const remarks = [...contenders.flatMap(remarksOn), ...notes];
  return [
    raced.length > 0 && renderContenders(raced, ours),
    figures.length > 0 && renderFigures(figures),
    goals.length > 0 && renderGoals(goals),
    remarks.length > 0 && remarks.map((remark) => `- ${remark}\n`).join(''),
  ]
    .filter((block) => block !== false)
    .join('\n');
}

function renderContenders(contenders: readonly Contender[], ours: string | undefined): string {
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

/** Wall time with its spread, CPU time, memory and files a second: medians of the good runs. */
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

function renderFigures(figures: readonly Figure[]): string {
  return renderTable(
    ['', 'measured'],
    figures.map(({ name, value, unit }) => [name, formatAmount(value, unit)]),
  );
}

function renderGoals(goals: readonly Goal[]): string {
  return renderTable(['goal', 'bound', 'measured', 'met'], goals.map(goalCells));
}

/** A goal as cells: what, how much it should be, how much it is, and whether that is met. */
export function goalCells(goal: Goal): string[] {
  const { name, sense, bound, value, unit } = goal;
  const wanted = `${sense} ${formatAmount(bound, unit)}`;
  return [name, wanted, amountOrDash(value, unit), verdict(goal)];
}

/** `yes`, `**no**`, or that nothing was measured. */
function verdict(goal: Goal): string {
  const met = isMet(goal);
  if (met === undefined) return 'not measured';
  return met ? 'yes' : '**no**';
}

function remarksOn(contender: Contender): string[] {
  const { name, leftOut, runs } = contender;
  if (leftOut !== undefined) return [`${name} is left out: ${leftOut}.`];
  const bad = runs.filter(({ problem }) => problem !== undefined);
  if (bad.length === 0) return [];
  const problems = [...new Set(bad.map(({ problem }) => problem))].join('; ');
  return [
    `${name}: ${bad.length} of ${runs.length} runs went wrong and do not count: ${problems}.`,
  ];
}

function amountOrDash(value: number | undefined, unit: Parameters<typeof formatAmount>[1]): string {
  return value === undefined ? '–' : formatAmount(value, unit);
}
