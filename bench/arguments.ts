import { parseArgs } from 'node:util';
import type { BenchCase } from './cases/case.ts';

/** Memory-backed storage, so that the disk is not measured. */
export const MEMORY_BACKED = '/dev/shm';

export interface BenchArguments {
  readonly cases: readonly BenchCase[];
  /** @default those of each case */
  readonly rows?: number;
  readonly rounds?: number;
  /** Where files are saved. @default memory-backed storage, so that the disk is not measured */
  readonly directory?: string;
  readonly isQuick: boolean;
  readonly isHelp: boolean;
}

/** Reads the command line. @throws Error that names its problem */
export function parseArguments(
  args: readonly string[],
  known: readonly BenchCase[],
): BenchArguments {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    args: [...args],
    options: {
      case: { type: 'string', multiple: true },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      directory: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const names = [...positionals, ...(values.case ?? [])].flatMap((list) => list.split(','));
  return {
    cases: names.length === 0 ? known : [...new Set(names.flatMap((name) => find(name, known)))],
    ...(values.rows === undefined ? {} : { rows: positive('--rows', values.rows) }),
    ...(values.rounds === undefined ? {} : { rounds: positive('--rounds', values.rounds) }),
    ...(values.directory === undefined ? {} : { directory: values.directory }),
    isQuick: values.quick,
    isHelp: values.help,
  };
}

/** The case with this name, or the group whose names begin with it: `http` is `http-10k` and `http-100k`. */
function find(name: string, known: readonly BenchCase[]): readonly BenchCase[] {
  const found = known.filter((one) => one.name === name || one.name.startsWith(`${name}-`));
  if (found.length > 0) return found;
  throw new Error(`no case ${name}: there are ${known.map((one) => one.name).join(', ')}`);
}

function positive(option: string, text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Error(`${option} must be a whole number from 1, not ${text}`);
}

/** The text of `--help`. */
export function usage(known: readonly BenchCase[]): string {
  const width = Math.max(...known.map(({ name }) => name.length));
  return `Usage: npm run bench -- [NAME...] [--rounds N] [--rows N] [--directory DIR] [--quick]

Measures flaghoist beside its peers, and writes docs/benchmarks.md.

  NAME             only this case, or those whose names begin with it, as in openweb; the results of
                   the others stay
  --case NAME,...  the same
  --rounds N       how often everything is run
  --rows N         how long the lists are; with this, nothing is written
  --directory DIR  where files are saved, to measure with a disk; nothing is written of it
                   (default: ${MEMORY_BACKED})
  --quick          one round of short lists, to see that all runs; nothing is written

Cases:
${known.map(({ name, title }) => `  ${name.padEnd(width)}  ${title}\n`).join('')}`;
}
