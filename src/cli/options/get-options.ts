import type { Command } from 'commander';
import type { RunSettings } from '../../download-options.ts';
import { createCommand } from '../command.ts';
import { FILES, INPUT } from './files.ts';
import { PLAN_OPTIONS } from './fleet.ts';
import {
  addBriefly,
  addOptions,
  checkExclusions,
  type DownloadSettings,
  type OptionEntry,
  type OptionTable,
  type RunStart,
  type ValuesOf,
} from './option.ts';
import { CREDENTIALS, REQUESTS } from './requests.ts';
import { AGAIN, DEADLINE_OPTIONS, OUTPUT, RUN } from './run.ts';

interface OptionGroup {
  readonly heading: string;
  readonly table: OptionTable;
  /** `retry` has these options too. The others it takes over from the last `get`. */
  readonly isForRetry: boolean;
  /** `plan` has these options too, for its workers. */
  readonly isForPlan: boolean;
}

const GROUPS: readonly OptionGroup[] = [
  { heading: 'Input:', table: INPUT, isForRetry: false, isForPlan: true },
  { heading: 'Files:', table: FILES, isForRetry: false, isForPlan: true },
  { heading: 'Run:', table: RUN, isForRetry: true, isForPlan: true },
  { heading: 'Again:', table: AGAIN, isForRetry: false, isForPlan: false },
  {
    heading: 'Deadlines (500ms, 2s, 1m):',
    table: DEADLINE_OPTIONS,
    isForRetry: true,
    isForPlan: true,
  },
  { heading: 'Requests:', table: REQUESTS, isForRetry: true, isForPlan: true },
  { heading: 'Credentials:', table: CREDENTIALS, isForRetry: true, isForPlan: true },
  { heading: 'Output:', table: OUTPUT, isForRetry: true, isForPlan: false },
];

/**
 * Adds the options of `flaghoist get`, by their groups, to that command.
 * @param isBrief its help shows the common ones alone
 */
export function addGetOptions(command: Command, isBrief = false): Command {
  if (isBrief) {
    command.optionsGroup('The options most used:');
    for (const { table } of GROUPS) addBriefly(command, table);
    return command;
  }
  for (const { table, heading } of GROUPS) addOptions(command, table, heading);
  return command;
}

/** Adds those of them that `flaghoist retry` has too. */
export function addRetryOptions(command: Command): Command {
  for (const { table, heading, isForRetry } of GROUPS) {
    if (isForRetry) addOptions(command, table, heading);
  }
  return command;
}

/** Adds those of them that `flaghoist plan` has too. */
export function addPlannedOptions(command: Command): Command {
  for (const { table, heading, isForPlan } of GROUPS) {
    if (isForPlan) addOptions(command, table, heading);
  }
  return command;
}

/** Adds those of them that a worker may be given in place of its plan's. */
export function addWorkerOptions(command: Command): Command {
  for (const { table, heading, isForPlan, isForRetry } of GROUPS) {
    if (isForPlan && isForRetry) addOptions(command, table, heading);
  }
  return command;
}

/** All options of `flaghoist get`. */
export const GET_OPTIONS = {
  ...INPUT,
  ...FILES,
  ...RUN,
  ...AGAIN,
  ...DEADLINE_OPTIONS,
  ...REQUESTS,
  ...CREDENTIALS,
  ...OUTPUT,
};

/** The options of `flaghoist get` as parsed: durations in ms, sizes in bytes. */
export type GetOptions = ValuesOf<typeof GET_OPTIONS>;

/**
 * Parses the arguments of a `flaghoist get`, its URLs included.
 * @throws UsageError or CommanderError for arguments that make no sense
 */
export function parseGetOptions(args: readonly string[]): GetOptions {
  const command = addGetOptions(createCommand('get')).argument('[URL...]');
  return command.parse(args, { from: 'user' }).opts<GetOptions>();
}

/**
 * Parses the arguments of a `flaghoist plan`, its URLs included.
 * @throws UsageError or CommanderError for arguments that make no sense
 */
export function parsePlannedOptions(args: readonly string[]): GetOptions {
  const command = addPlannedOptions(createCommand('plan')).argument('[URL...]');
  addOptions(command, PLAN_OPTIONS);
  return command.parse(args, { from: 'user' }).opts<GetOptions>();
}

/** What the options of `flaghoist get` mean for the library. @throws UsageError */
export async function downloadOptionsOf(
  options: GetOptions,
  start: Omit<RunStart, 'isDryRun'>,
): Promise<RunSettings> {
  checkExclusions(GET_OPTIONS, options);
  const values: Readonly<Record<string, unknown>> = options;
  const settings: DownloadSettings = { directory: options.directory };
  const isDryRun = options.dryRun === true;
  for (const [key, entry] of inOrderOfSetting(GET_OPTIONS)) {
    await entry.set?.(settings, values[key], { ...start, isDryRun });
  }
  return settings;
}

function inOrderOfSetting(table: OptionTable): [string, OptionEntry<unknown>][] {
  const entries = Object.entries(table);
  const isLast = ([, entry]: [string, OptionEntry<unknown>]) => entry.isSetLast === true;
  return [...entries.filter((entry) => !isLast(entry)), ...entries.filter(isLast)];
}
