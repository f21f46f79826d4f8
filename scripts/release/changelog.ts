/** The unreleased version, as the changelog has it. */
export interface Unreleased {
  readonly version: string;
  /** The lines below its heading, without blank ones. */
  readonly entries: readonly string[];
}

const HEADING = /^## Unreleased: (\d+\.\d+\.\d+)$/m;

/** @throws Error unless exactly one heading is `## Unreleased: X.Y.Z`, before all others */
export function findUnreleased(changelog: string): Unreleased {
  const [, ...sections] = changelog.split(/^(?=## )/m);
  const [first = '', ...others] = sections;
  const version = HEADING.exec(first)?.[1];
  if (version === undefined || others.some((section) => section.startsWith('## Unreleased'))) {
    throw new Error('CHANGELOG.md must begin with one section "## Unreleased: X.Y.Z"');
  }
  const entries = first
    .split('\n')
    .slice(1)
    .filter((line) => line.trim() !== '');
  return { version, entries };
}

/**
 * The changelog with its unreleased version released.
 * @param date as YYYY-MM-DD
 */
export function dateUnreleased(changelog: string, date: string): string {
  return changelog.replace(HEADING, (_, version) => `## ${version} (${date})`);
}

/** Whether version `a` comes after `b`; both are three numbers. */
export function isLater(a: string, b: string): boolean {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (const [i, number] of (left ?? []).entries()) {
    const other = right?.[i] ?? 0;
    if (number !== other) return number > other;
  }
  return false;
}
