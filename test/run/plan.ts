import { globSync, readFileSync } from 'node:fs';

/** Test files that run one after the other in one process. */
export interface Group {
  readonly name: string;
  readonly files: readonly string[];
}

export interface Plan {
  /** In the order in which they start: the long ones first, so that none is left over at the end. */
  readonly groups: readonly Group[];
  /** Test files that run in a process of their own, after the groups. */
  readonly alone: readonly string[];
}

/**
 * Folders whose files share a process. A group of units starts no process, thread or browser,
 * apart from files that say `Slow`.
 */
const GROUPS: readonly { name: string; patterns: readonly string[]; isUnits: boolean }[] = [
  { name: 'command', patterns: ['cli/**'], isUnits: false },
  { name: 'machine', patterns: ['machine/**', 'kill/**', 'package/**'], isUnits: false },
  { name: 'page', patterns: ['web/*'], isUnits: false },
  { name: 'examples', patterns: ['docs/**', 'examples/**', 'faults/**'], isUnits: false },
  { name: 'network', patterns: ['fetch/**', 'server/**'], isUnits: true },
  {
    name: 'runs',
    patterns: ['*', 'engine/**', 'schedule/**', 'source/**', 'concurrency/**'],
    isUnits: true,
  },
  {
    name: 'records',
    patterns: ['save/**', 'ledger/**', 'dashboard/**', 'model/**', 'observe/**', 'report/**'],
    isUnits: true,
  },
  {
    name: 'others',
    patterns: ['bench/**', 'flags/**', 'scripts/**', 'web/model/**'],
    isUnits: true,
  },
];

/**
 * What the first line of a test file says of it: `// Alone: why` runs in a process of its own,
 * `// Slow: why` is left out of `npm run test:fast`.
 */
const MARK = /^\/\/ (Alone|Slow): /;

/** @param onlyFast leaves out what is slow, or starts a process, a thread or a browser. */
export function planTests(root: string, { onlyFast }: { onlyFast: boolean }): Plan {
  const alone: string[] = [];
  const groups: Group[] = [];
  for (const { name, patterns, isUnits } of GROUPS) {
    if (onlyFast && !isUnits) continue;
    const files: string[] = [];
    for (const file of findTests(root, patterns)) {
      const mark = MARK.exec(readFileSync(`${root}/${file}`, 'utf8'))?.[1];
      if (onlyFast && mark !== undefined) continue;
      if (mark === 'Alone') alone.push(file);
      else files.push(file);
    }
    groups.push({ name, files });
  }
  return { groups, alone };
}

function findTests(root: string, patterns: readonly string[]): string[] {
  const globs = patterns.map(
    (pattern) => `test/${pattern}${pattern.endsWith('**') ? '/*' : ''}.test.ts`,
  );
  return globSync(globs, { cwd: root }).sort();
}
