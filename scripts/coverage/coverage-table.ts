import { dirname, relative } from 'node:path';

/** Counts of lines, branches and functions. */
interface Counts {
  readonly totalLineCount: number;
  readonly totalBranchCount: number;
  readonly totalFunctionCount: number;
  readonly coveredLineCount: number;
  readonly coveredBranchCount: number;
  readonly coveredFunctionCount: number;
}

/** The coverage summary of node:test. */
export interface CoverageSummary {
  readonly workingDirectory: string;
  readonly files: readonly (Counts & { readonly path: string })[];
  readonly totals: Counts;
}

/** Files with a lower share of covered lines are listed. */
const WORTH_A_LOOK = 0.9;

/** A Markdown table of the coverage of each folder, and a list of files with low coverage. */
export function coverageTable({ workingDirectory, files, totals }: CoverageSummary): string {
  const named = files.map((file) => ({ ...file, path: relative(workingDirectory, file.path) }));
  const folders = Map.groupBy(named, ({ path }) => dirname(path));
  const rows = [...folders]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([folder, inside]) => rowOf(folder, sumOf(inside)));
  const poor = named.filter(
    ({ coveredLineCount, totalLineCount }) => coveredLineCount < WORTH_A_LOOK * totalLineCount,
  );
  return [
    '',
    '| Covered | lines | branches | functions |',
    '| --- | ---: | ---: | ---: |',
    ...rows,
    rowOf('all', totals),
    ...(poor.length === 0 ? [] : ['', `Below ${percent(WORTH_A_LOOK, 1)} of the lines:`]),
    ...poor.map((file) => `  ${file.path} ${percent(file.coveredLineCount, file.totalLineCount)}`),
    '',
  ].join('\n');
}

function rowOf(name: string, counts: Counts): string {
  const cells = [
    percent(counts.coveredLineCount, counts.totalLineCount),
    percent(counts.coveredBranchCount, counts.totalBranchCount),
    percent(counts.coveredFunctionCount, counts.totalFunctionCount),
  ];
  return `| ${name} | ${cells.join(' | ')} |`;
}

function sumOf(all: readonly Counts[]): Counts {
  const sum = (key: keyof Counts) => all.reduce((total, counts) => total + counts[key], 0);
  return {
    totalLineCount: sum('totalLineCount'),
    totalBranchCount: sum('totalBranchCount'),
    totalFunctionCount: sum('totalFunctionCount'),
    coveredLineCount: sum('coveredLineCount'),
    coveredBranchCount: sum('coveredBranchCount'),
    coveredFunctionCount: sum('coveredFunctionCount'),
  };
}

/** Rounded down, so that 100 % means all. */
function percent(covered: number, total: number): string {
  const share = total === 0 ? 1 : covered / total;
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}
