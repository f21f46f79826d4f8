import type { CaseResult } from '../../bench/results/result.ts';

/** The result of a case without findings, except those given. */
export function caseResult(given: Partial<CaseResult> = {}): CaseResult {
  return {
    name: 'http-10k',
    title: 'many flags',
    rows: 10_000,
    rounds: 5,
    date: '2026-01-02T03:04:05.000Z',
    machine: {
      cpu: 'A CPU',
      cores: 2,
      memoryBytes: 8e9,
      system: 'Linux 6.1',
      node: '26.0.0',
      nginx: '1.22.1',
    },
    loadBefore: 0.25,
    contenders: [],
    goals: [],
    ...given,
  };
}
