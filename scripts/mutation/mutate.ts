import type { MutantResult, PartialStrykerOptions } from '@stryker-mutator/api/core';
import { Stryker } from '@stryker-mutator/core';
import type { Target } from './targets.ts';

/** In ms. Each of these tests takes less than half of it, so a longer one hangs because of a change. */
const TEST_TIMEOUT = 5_000;

/** Results of the last time, and reports for people: `NAME.html`. */
const REPORTS = 'scripts/mutation/reports';

/** Not copied into the sandbox: large, and no test needs it. */
const LEFT_OUT = ['bench', 'dist', 'docs', 'downloads', 'examples', 'scripts', 'web'];

/**
 * Makes changes to the sources of one target, and runs its tests for each.
 * @param again whether to limit it to sources that have changed since the last time
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
    // A file that does not exist: Stryker would rewrite it, for which TypeScript 7 has no API.
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
