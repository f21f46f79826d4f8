import { type Command, Option } from 'commander';
import { MAX_DELAY } from '../../server/limits.ts';
import { createCommand } from '../command.ts';
import { parseDuration } from '../options/duration.ts';
import { parseInteger } from '../options/number.ts';
import { UsageError } from '../options/usage-error.ts';

/** The styles, in the order in which they are run: each does the same downloads. */
const STYLES = ['one-by-one', 'threads', 'callbacks', 'tasks'] as const;

export type StyleName = (typeof STYLES)[number];

interface CompareOptions {
  readonly requests: number;
  readonly delay: number;
  readonly server: 'DELAY' | 'LOCAL';
  readonly threads: number;
  /** How many tasks at a time, run by run. */
  readonly tasks?: readonly number[];
  readonly styles?: readonly StyleName[];
  readonly json?: true;
  readonly html?: string;
}

/** What one run of the command does. */
export interface CompareRun extends Omit<CompareOptions, 'styles'> {
  readonly styles: readonly StyleName[];
}

/** More would not fit the ports that a machine has for one server. */
const MOST_REQUESTS = 10_000;

/** `flaghoist compare`: the same downloads, one by one, with threads, with callbacks and with tasks. */
export function compareCommand(): Command {
  return createCommand('compare')
    .description('Run the same downloads in four styles, and say what each costs.')
    .option('--requests <N>', 'files to download', atMost('--requests N', MOST_REQUESTS), 600)
    .addOption(
      new Option('--delay <D>', 'how late each answer is: 100ms, 0.5s, seconds')
        .argParser(parseDelay)
        .default(100, '100ms'),
    )
    .option(
      '--server <LABEL>',
      'DELAY, or LOCAL for answers at once; a server is started for the run',
      parseServer,
      'DELAY',
    )
    .option('--threads <N>', 'threads of the pool', atMost('--threads N', MOST_REQUESTS), 100)
    .option('--tasks <LIST>', 'how many at a time, run by run (default: 5,50 and all)', parseTasks)
    .option('--styles <NAMES>', `of ${STYLES.join(', ')}, those named`, parseStyles)
    .option('--json', 'everything as JSON, with the times of each file')
    .option('--html <FILE>', 'besides, a page with the waterfall of each style')
    .action(async (options: CompareOptions) => {
      // Only now: help and usage errors need none of it.
      const { runCompare } = await import('./run-compare.ts');
      await runCompare({ ...options, styles: options.styles ?? STYLES });
    });
}

function atMost(option: string, max: number): (text: string) => number {
  return (text) => parseInteger(text, option, { min: 1, max });
}

function parseTasks(text: string): readonly number[] {
  return text.split(',').map(atMost('--tasks LIST', MOST_REQUESTS));
}

function parseDelay(text: string): number {
  const delay = parseDuration(text, '--delay D');
  if (delay > MAX_DELAY) throw new UsageError('--delay D is too long');
  return delay;
}

function parseServer(text: string): 'DELAY' | 'LOCAL' {
  const label = text.toUpperCase();
  if (label === 'DELAY' || label === 'LOCAL') return label;
  throw new UsageError(`--server LABEL must be DELAY or LOCAL, not '${text}'`);
}

function parseStyles(text: string): readonly StyleName[] {
  return text.split(',').map((name) => {
    const style = STYLES.find((known) => known === name);
    if (style !== undefined) return style;
    throw new UsageError(`--styles NAMES must be of ${STYLES.join(', ')}, not '${name}'`);
  });
}
