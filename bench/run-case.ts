import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { type BenchArguments, MEMORY_BACKED } from './arguments.ts';
import type { BenchCase } from './cases/case.ts';
import { describeMachine } from './results/machine.ts';
import type { CaseResult } from './results/result.ts';

const USUAL_ROUNDS = 5;

export interface RunCaseOptions {
  readonly signal: AbortSignal;
  say(line: string): void;
}

/** Runs a case in a directory of its own, which is removed afterwards. */
export async function runCase(
  benchCase: BenchCase,
  { rows: askedRows, rounds: askedRounds, directory: parent, isQuick }: BenchArguments,
  { signal, say }: RunCaseOptions,
): Promise<CaseResult> {
  const { name, title, quickRows } = benchCase;
  const rows = askedRows ?? (isQuick ? quickRows : benchCase.rows);
  const rounds = askedRounds ?? (isQuick ? 1 : (benchCase.rounds ?? USUAL_ROUNDS));
  const directory = await mkdtemp(join(parent ?? MEMORY_BACKED, 'flaghoist-bench-'));
  try {
    const machine = await describeMachine();
    const [loadBefore = 0] = loadavg();
    const date = new Date().toISOString();
    const findings = await benchCase.run({ rows, rounds, isQuick, directory, signal, say });
    return { name, title, rows, rounds, date, machine, loadBefore, ...findings };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
