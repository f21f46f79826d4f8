import { isMet } from '../results/goals.ts';
import type { CaseResult, Contender, Figure, Goal } from '../results/result.ts';
import { formatAmount } from './amounts.ts';
import { haveArrivals, renderArrivals } from './arrival-table.ts';
import { amountOrDash, renderContenders } from './contender-table.ts';
import { renderTable } from './table.ts';

/** All findings of a case, as Markdown without a heading. */
export function renderCase(found: CaseResult): string {
  const { contenders, ours, figures = [], goals, notes = [] } = found;
  const raced = contenders.filter(({ runs }) => runs.length > 0);
  const remarks = [...contenders.flatMap(remarksOn), ...notes];
  return [
    raced.length > 0 && (haveArrivals(raced) ? renderArrivals : renderContenders)(raced, ours),
    figures.length > 0 && renderFigures(figures),
    goals.length > 0 && renderGoals(goals),
    remarks.length > 0 && remarks.map((remark) => `- ${remark}\n`).join(''),
  ]
    .filter((block) => block !== false)
    .join('\n');
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

/** The cells of a goal: name, bound, value, and whether it is met. */
export function goalCells(goal: Goal): string[] {
  const { name, sense, bound, value, unit } = goal;
  const wanted = `${sense} ${formatAmount(bound, unit)}`;
  return [name, wanted, amountOrDash(value, unit), metCell(goal)];
}

function metCell(goal: Goal): string {
  const met = isMet(goal);
  if (met === undefined) return 'not measured';
  return met ? 'yes' : '**no**';
}

function remarksOn(contender: Contender): string[] {
  const { name, leftOut, runs } = contender;
  if (leftOut !== undefined) return [`${name} is left out: ${leftOut}.`];
  const bad = runs.filter(({ problem }) => problem !== undefined);
  const problems = [...new Set(bad.map(({ problem }) => problem))].join('; ');
  const stopped = runs.filter(({ isStopped }) => isStopped);
  const limit = Math.round(Math.max(...stopped.map(({ wallSeconds }) => wallSeconds)));
  return [
    ...(bad.length === 0
      ? []
      : [
          `${name}: ${bad.length} of ${runs.length} runs went wrong and do not count: ${problems}.`,
        ]),
    ...(stopped.length === 0
      ? []
      : [`${name}: the time limit of ${limit} s ended ${stopped.length} of ${runs.length} runs.`]),
  ];
}
