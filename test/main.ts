// npm test, and with --fast npm run test:fast: see docs/testing.md.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { fileURLToPath } from 'node:url';
import { type Group, planTests } from './run/plan.ts';

const ROOT = dirname(import.meta.dirname);
const ENTRIES = join(ROOT, 'node_modules/.cache/test-groups');
const onlyFast = process.argv.includes('--fast');

/** A file that the runner can start, and that runs all files of a group. */
function writeEntry({ name, files, setup }: Group): string {
  // Both kinds of runs may be under way in one checkout.
  const entry = join(ENTRIES, `${onlyFast ? 'fast' : 'all'}_${name}.mjs`);
  const runTogether = import.meta.resolve('./run/run-together.ts');
  writeFileSync(
    entry,
    (setup === undefined ? '' : `import ${JSON.stringify(import.meta.resolve(`./${setup}`))};\n`) +
      `import { runTogether } from ${JSON.stringify(runTogether)};\n` +
      `runTogether(${JSON.stringify(files, null, 2)});\n`,
  );
  return entry;
}

mkdirSync(ENTRIES, { recursive: true });
const { groups, alone } = planTests(ROOT, { onlyFast });
const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const tests = run({
  cwd: ROOT,
  files: [...groups.map(writeEntry), ...alone],
  // One more than there are cores, since many tests wait for a process or a timer.
  concurrency: availableParallelism() + 1,
  timeout: 60_000,
  execArgv: ['--import', here('./keep-compiled.ts'), '--import', here('./no-leftovers.ts')],
  ...(onlyFast ? {} : { globalSetupPath: here('./packaged-command.ts') }),
});
tests.on('test:summary', ({ file, success }) => {
  if (file === undefined && !success) process.exitCode = 1;
});
tests.compose(spec).pipe(process.stdout);
