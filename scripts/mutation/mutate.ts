import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import type { Target } from './targets.ts';

/** ms. Each of these tests takes less than half of it; a change that makes one wait is seen by that. */
const TEST_TIMEOUT = 5_000;

/** What is there of the last time, and what is left for people to look at: `NAME.html`. */
const REPORTS = 'scripts/mutation/reports';

/** Not copied to where the changes are made: nothing that a test needs, and much of it. */
const LEFT_OUT = ['bench', 'dist', 'docs', 'downloads', 'examples', 'scripts', 'web'];

/**
 * Makes the changes to one target's sources, and runs its tests for each.
 * @param again only for what has changed since the last time
 */
export async function mutate(
  { name, sources, tests }: Target,
  { again }: { readonly again: boolean },
): Promise<readonly MutantResult[]> {
  const options: PartialStrykerOptions & { tap: object } = {
    mutate: sources.map((source) => `src/${source}.ts`),
    testRunner: 'tap',
    plugins: ['@stryker-mutator/tap-runner'],
    tap: {
      testFiles: tests.map((test) => `test/${test}.test.ts`),
      nodeArgs: [
        ...['-r', '{{hookFile}}', '--test-reporter=tap', `--test-timeout=${TEST_TIMEOUT}`],
        '{{testFile}}',
      ],
      forceBail: true,
    },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 2 * TEST_TIMEOUT,
    tempDirName: 'scripts/mutation/sandbox',
    ignorePatterns: LEFT_OUT,
    // One that is not there: it would be rewritten, which TypeScript 7 has no interface for any more.
    tsconfigFile: 'scripts/mutation/no-tsconfig.json',
    reporters: ['clear-text', 'html'],
    clearTextReporter: {
      allowColor: false,
      allowEmojis: false,
      logTests: false,
      reportTests: false,
    },
    htmlReporter: { fileName: `${REPORTS}/${name}.html` },
    incremental: true,
    incrementalFile: `${REPORTS}/${name}.json`,
    force: !again,
    allowConsoleColors: false,
  };
  return await new Stryker(options).runMutationTest();
}
