import type { Target } from './targets.ts';

/** Stryker's status of a change. */
type Status =
  | 'Killed'
  | 'Timeout'
  | 'Survived'
  | 'NoCoverage'
  | 'RuntimeError'
  | 'CompileError'
  | 'Ignored'
  | 'Pending';

/** The results of the changes to one target. */
interface Result {
  readonly target: Pick<Target, 'name' | 'survivors'>;
  readonly mutants: readonly { readonly status: Status }[];
}

/**
 * A table of the results.
 * @returns Markdown, and whether more changes have survived than are accounted for
 */
export function resultTable(results: readonly Result[]): {
  readonly text: string;
  readonly isWorse: boolean;
} {
  const rows = results.map(({ target, mutants }) => {
    const count = (...statuses: Status[]) =>
      mutants.filter(({ status }) => statuses.includes(status)).length;
    const [failed, hung] = [count('Killed'), count('Timeout')];
    const passed = count('Survived', 'NoCoverage');
    return { target, all: mutants.length, failed, hung, passed };
  });
  const lines = rows.map(({ target: { name, survivors }, all, failed, hung, passed }) => {
    const share = Math.floor((1000 * (failed + hung)) / Math.max(1, failed + hung + passed)) / 10;
    const found = passed > survivors ? `${passed}, not ${survivors}` : passed;
    return `| ${[name, all, failed, hung, found, `${share.toFixed(1)} %`].join(' | ')} |\n`;
  });
  return {
    text: `
| Part | changes | a test fails | a test hangs | unseen | seen |
| --- | ---: | ---: | ---: | ---: | ---: |
${lines.join('')}`,
    isWorse: rows.some(({ target, passed }) => passed > target.survivors),
  };
}
