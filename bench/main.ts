// The benchmark: flaghoist beside its peers, in one run.
//
//     npm run bench -- --help
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type BenchArguments, parseArguments, usage } from './arguments.ts';
import type { BenchCase } from './cases/case.ts';
import { CASES } from './cases/index.ts';
import { renderCase } from './report/case-report.ts';
import { casesIn, renderDocument } from './report/document.ts';
import type { CaseResult } from './results/result.ts';
import { merge, readResults, writeResults } from './results/store.ts';
import { runCase } from './run-case.ts';

/** Of this checkout only: git ignores it. */
const RESULTS = fileURLToPath(new URL('results/latest.json', import.meta.url));
const DOCUMENT = fileURLToPath(new URL('../docs/benchmarks.md', import.meta.url));

const tell = (text: string) => process.stderr.write(`${text}\n`);

async function main(): Promise<void> {
  const asked = parseArguments(process.argv.slice(2), CASES);
  if (asked.isHelp) {
    process.stdout.write(usage(CASES));
    return;
  }
  const interruption = new AbortController();
  const stop = () => interruption.abort(new Error('interrupted'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  for (const benchCase of asked.cases) {
    // If a case cannot run here, the others still do.
    await runAndTell(benchCase, asked, interruption.signal).catch((error: Error) => {
      interruption.signal.throwIfAborted();
      tell(`bench: ${benchCase.name}: ${error.message}`);
      process.exitCode = 1;
    });
  }
}

async function runAndTell(
  benchCase: BenchCase,
  asked: BenchArguments,
  signal: AbortSignal,
): Promise<void> {
  tell(`${benchCase.name}: ${benchCase.title}`);
  const found = await runCase(benchCase, asked, { signal, say: (line) => tell(`  ${line}`) });
  process.stdout.write(`\n${found.name}: ${found.title}\n\n${renderCase(found)}\n`);
  if (isKept(asked)) await keep(found);
}

/** Only results of whole cases in memory are stored. */
function isKept({ isQuick, rows, directory }: BenchArguments): boolean {
  return !isQuick && rows === undefined && directory === undefined;
}

/** Stores the results after each case, so that an interrupted run keeps those it has. */
async function keep(found: CaseResult): Promise<void> {
  const names = CASES.map(({ name }) => name);
  const results = merge(await readResults(RESULTS), found, names);
  await writeResults(RESULTS, results);
  const kept = new Set(results.cases.map(({ name }) => name));
  const lost = casesIn(await readFile(DOCUMENT, 'utf8')).filter((name) => !kept.has(name));
  if (lost.length === 0) await writeFile(DOCUMENT, renderDocument(results, names));
  else
    tell(`docs/benchmarks.md stays as it is: this checkout has no results of ${lost.join(', ')}`);
}

await main().catch((error: Error) => {
  tell(`bench: ${error.message}`);
  process.exitCode = 1;
});
