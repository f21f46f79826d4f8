import { readFile, writeFile } from 'node:fs/promises';
import type { CaseResult, Results } from './result.ts';

/** Replaces or adds the results of a case. Cases are in the order of `names`. */
export function merge(results: Results, found: CaseResult, names: readonly string[]): Results {
  const others = results.cases.filter(({ name }) => name !== found.name);
  const place = ({ name }: CaseResult) => names.indexOf(name);
  return { cases: [...others, found].toSorted((a, b) => place(a) - place(b)) };
}

/** The results of earlier runs; no cases if the file does not exist yet. */
export async function readResults(path: string): Promise<Results> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Results;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { cases: [] };
    throw error;
  }
}

export async function writeResults(path: string, results: Results): Promise<void> {
  await writeFile(path, `${JSON.stringify(results, null, 2)}\n`);
}
