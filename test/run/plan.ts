import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

/** Test files that run one after the other in one process. */
export interface Group {
  readonly name: string;
  readonly files: readonly string[];
  /** A module of `test` that is imported first: its hooks run before and after all files of the group. */
  readonly setup?: string;
}

export interface Plan {
  /** In the order in which they start: long groups first, so that all processes end at about one time. */
  readonly groups: readonly Group[];
  /** Test files that run in a process of their own, after the groups. */
  readonly alone: readonly string[];
}

interface GroupOfFolders extends Pick<Group, 'name' | 'setup'> {
  readonly patterns: readonly string[];
  readonly isUnits: boolean;
  /** How many processes share the files, when slow files are among them. @default 1 */
  readonly processes?: number;
}

/**
 * Folders whose files share a process. A group of units starts no process, thread or browser,
 * apart from files that say `Slow`.
 */
const GROUPS: readonly GroupOfFolders[] = [
  { name: 'package', patterns: ['package/**'], isUnits: false },
  { name: 'command', patterns: ['cli/**'], isUnits: false, processes: 3 },
  { name: 'page', patterns: ['web/*'], isUnits: false, setup: 'support/browser.ts' },
  { name: 'machine', patterns: ['machine/**', 'kill/**'], isUnits: false },
  { name: 'services', patterns: ['fleet/**', 'storage/**'], isUnits: false },
  { name: 'examples', patterns: ['docs/**', 'examples/**', 'faults/**'], isUnits: false },
  {
    name: 'runs',
    patterns: ['*', 'engine/**', 'schedule/**', 'source/**', 'concurrency/**'],
    isUnits: true,
    processes: 2,
  },
  {
    name: 'records',
    patterns: [
      'save/**',
      'ledger/**',
      'recording/**',
      'dashboard/**',
      'model/**',
      'observe/**',
      'report/**',
    ],
    isUnits: true,
    processes: 2,
  },
  { name: 'network', patterns: ['fetch/**', 'server/**'], isUnits: true },
  {
    name: 'others',
    patterns: ['bench/**', 'flags/**', 'run/**', 'scripts/**', 'web/model/**'],
    isUnits: true,
  },
];

/**
 * A mark in the first line of a test file. A file with `// Alone: why` runs in a process of its own;
 * one with `// Slow: why` is left out of `npm run test:fast`.
 */
const MARK = /^\/\/ (Alone|Slow): /;

/**
 * @param root the checkout
 * @param onlyFast leaves out files that are slow, or start a process, a thread or a browser
 * @throws Error for a test file that is in no group: it would not be run
 */
export function planTests(root: string, { onlyFast }: { readonly onlyFast: boolean }): Plan {
  const groups = GROUPS.map((group) => ({ ...group, files: findTests(root, group.patterns) }));
  const grouped = new Set(groups.flatMap(({ files }) => files));
  for (const file of findTests(root, ['**'])) {
    if (!grouped.has(file)) throw new Error(`${file} is in no group of test/run/plan.ts`);
  }

  const planned = groups.filter(({ isUnits }) => isUnits || !onlyFast);
  const marks = new Map(
    planned.flatMap(({ files }) => files.map((file) => [file, markOf(root, file)])),
  );
  return {
    groups: planned.flatMap(({ name, files, setup, processes = 1 }) => {
      const chosen = files.filter((file) => {
        const mark = marks.get(file);
        return onlyFast ? mark === undefined : mark !== 'Alone';
      });
      return dealt(chosen, onlyFast ? 1 : processes).map((part, i, { length }) => ({
        name: length === 1 ? name : `${name}${i + 1}`,
        ...(setup === undefined ? {} : { setup }),
        files: part,
      }));
    }),
    alone: onlyFast ? [] : [...marks.keys()].filter((file) => marks.get(file) === 'Alone'),
  };
}

/** Deals the files to so many processes, one after the other: files of one kind take about as long. */
function dealt(files: readonly string[], processes: number): string[][] {
  return Array.from({ length: processes }, (_, part) =>
    files.filter((_, i) => i % processes === part),
  );
}

/** What the first line of a test file says of it. */
function markOf(root: string, file: string): string | undefined {
  return MARK.exec(readFileSync(join(root, file), 'utf8'))?.[1];
}

function findTests(root: string, patterns: readonly string[]): string[] {
  const globs = patterns.map(
    (pattern) => `test/${pattern}${pattern.endsWith('**') ? '/*' : ''}.test.ts`,
  );
  return globSync(globs, { cwd: root })
    .map((file) => file.replaceAll(sep, '/'))
    .sort();
}
