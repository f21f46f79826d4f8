import type { CaseResult, Machine, Results } from '../results/result.ts';
import { formatAmount, formatNumber } from './amounts.ts';
import { goalCells, renderCase } from './case-report.ts';
import { renderTable } from './table.ts';

const OPENING = `# Benchmarks

Written by \`npm run bench\`. Change nothing here by hand.

Everything runs on one machine, servers included, and writes to memory-backed storage. In each round
every program runs once, one after the other, each time into a fresh directory; another one begins
each round. A run counts only if exactly the right number of files and bytes is there afterwards.
Given are the medians, and ratios of medians of the same rounds. CPU time (user and system) and peak
memory are the kernel's account of the one process, all its threads included (wait4). flaghoist runs
as a user gets it: ledger, length check and atomic rename are on. The load before a case is the number of processes that
wanted to run in the minute before it: where it is far from 0, the machine had other work to do.

In the openweb cases not every file can be had. A run of a peer counts with the files that it got; one of flaghoist
only if every good file is there and every row is accounted for in its ledger.
`;

/**
 * The text of docs/benchmarks.md.
 *
 * @param names the names of all cases; the text lists those without results
 */
export function renderDocument({ cases }: Results, names: readonly string[]): string {
  const missing = names.filter((name) => cases.every((found) => found.name !== name));
  return [
    OPENING,
    `## Goals\n\n${renderOverview(cases)}`,
    ...(missing.length === 0 ? [] : [`Not measured yet: ${missing.join(', ')}.\n`]),
    `## Machine\n\n${renderMachines(cases)}`,
    `## Programs\n\n${renderPrograms(cases)}`,
    ...cases.map(
      (found) =>
        `## ${found.name}: ${found.title}\n\n${howMeasured(found)}\n\n${renderCase(found)}`,
    ),
  ].join('\n');
}

/** The names of the cases that `document`, an earlier one, has results of. */
export function casesIn(document: string): string[] {
  return Array.from(document.matchAll(/^## ([\w-]+): /gm), ([, name = '']) => name);
}

function renderOverview(cases: readonly CaseResult[]): string {
  return renderTable(
    ['case', 'goal', 'bound', 'measured', 'met'],
    cases.flatMap(({ name, goals }) => goals.map((goal) => [name, ...goalCells(goal)])),
    2,
  );
}

/** One line, or one for each machine if cases were run on several. */
function renderMachines(cases: readonly CaseResult[]): string {
  const groups = Map.groupBy(cases, ({ machine }) => describe(machine));
  return [...groups]
    .map(([machine, its]) => {
      const names = its.map(({ name }) => name).join(', ');
      return groups.size === 1 ? `${machine}.\n` : `- ${names}: ${machine}.\n`;
    })
    .join('');
}

function describe({ cpu, cores, memoryBytes, system, node, nginx }: Machine): string {
  const memory = formatAmount(memoryBytes, 'bytes');
  return `${cpu}, ${cores} cores, ${memory} of memory, ${system}, Node ${node}, nginx ${nginx}`;
}

function renderPrograms(cases: readonly CaseResult[]): string {
  const programs = cases
    .flatMap(({ contenders }) => contenders)
    .flatMap(({ name, version }) => (version === undefined ? [] : `${name} ${version}`));
  return `${[...new Set(programs)].join(', ')}.\n`;
}

function howMeasured({ rows, rounds, date, loadBefore }: CaseResult): string {
  const times = rounds === 1 ? 'one round' : `${rounds} rounds`;
  const load = formatNumber(loadBefore);
  const size = rows === 1 ? 'One row' : `${formatNumber(rows)} rows`;
  return `${size}, ${times}, ${date.slice(0, 10)}; load before: ${load}.`;
}
