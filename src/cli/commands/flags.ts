import { type Command, Option } from 'commander';
import { selectCodes } from '../../flags/select-codes.ts';
import { type Site, siteOf } from '../../flags/sites.ts';
import { DEFAULT_MAX_REQUESTS } from '../../model/options.ts';
import { createCommand } from '../command.ts';
import { addDashboardOption } from '../options/option-groups.ts';
import { UsageError } from '../options/usage-error.ts';

/** However many are asked for, a server is never sent more requests at a time. */
const MOST_REQUESTS = 1000;

interface FlagsOptions {
  readonly all?: true;
  readonly every?: true;
  readonly limit?: number;
  readonly max_req: number;
  /** Its other spelling. */
  readonly maxReq?: number;
  readonly server: string;
  readonly verbose?: true;
  readonly dashboard?: number;
}

/** What one run of the command does. */
export interface FlagsRun {
  readonly site: Site;
  /** Which flags, sorted. */
  readonly codes: readonly string[];
  /** Requests in flight, at most. */
  readonly maxRequests: number;
  /** A line for each flag in place of the progress bar. */
  readonly verbose: boolean;
  /** The port to watch it on; 0 for any that is free. */
  readonly dashboard?: number | undefined;
}

/** `flaghoist flags [CC ...]`: downloads flags of countries. */
export function flagsCommand(): Command {
  const command = createCommand('flags')
    .description('Download flags of countries: those of the 20 most populous by default.')
    .argument('[CC...]', 'country codes, or first letters: B means BA ... BZ')
    .option('-a, --all', 'all the flags there are: AD to ZW')
    .option('-e, --every', 'every code, whether there is such a country or not: AA to ZZ')
    .option('-l, --limit <N>', 'only the first N codes', atLeastOne('--limit N'))
    .option(
      '-m, --max_req <CONCURRENT>',
      `concurrent requests, at most ${MOST_REQUESTS}`,
      atLeastOne('--max_req CONCURRENT'),
      DEFAULT_MAX_REQUESTS,
    )
    .addOption(
      new Option('--max-req <CONCURRENT>', 'the same')
        .argParser(atLeastOne('--max_req CONCURRENT'))
        .hideHelp(),
    )
    .option('-s, --server <LABEL>', 'the server: LOCAL, DELAY, ERROR or REMOTE', 'LOCAL')
    .option('-v, --verbose', 'a line for each flag in place of the progress bar')
    .action(flags);
  addDashboardOption(command);
  return command;
}

async function flags(args: readonly string[], options: FlagsOptions): Promise<void> {
  const run = plan(args, options);
  // Only now: help and usage errors need none of what downloads.
  const { runFlags } = await import('./run-flags.ts');
  await runFlags(run);
}

/** @throws UsageError */
function plan(args: readonly string[], options: FlagsOptions): FlagsRun {
  try {
    const site = siteOf(options.server, process.env);
    const codes = selectCodes({ ...options, codes: args });
    const maxRequests = Math.min(options.maxReq ?? options.max_req, MOST_REQUESTS, codes.length);
    const { verbose = false, dashboard } = options;
    return { site, codes, maxRequests, verbose, dashboard };
  } catch (error) {
    if (error instanceof RangeError) throw new UsageError(error.message, { cause: error });
    throw error;
  }
}

function atLeastOne(option: string): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= 1) return value;
    throw new UsageError(`${option} must be >= 1`);
  };
}
