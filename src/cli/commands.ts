/**
 * The commands: what each is called, its arguments and options, and the module that runs it. That
 * module is loaded only when the command runs. Help and usage errors do without it.
 */
import type { Command } from 'commander';
import { safeArguments } from '../model/safe-arguments.ts';
import { SERVER_LABELS } from '../server/presets.ts';
import { createCommand } from './command.ts';
import {
  FLEET,
  type FleetOptionValues,
  isOfFleet,
  PLAN_OPTIONS,
  type PlanOptionValues,
  STATUS_OPTIONS,
  type StatusOptionValues,
  WORK_OPTIONS,
  type WorkOptionValues,
} from './options/fleet.ts';
import {
  addGetOptions,
  addPlannedOptions,
  addRetryOptions,
  addWorkerOptions,
  GET_OPTIONS,
  type GetOptions,
} from './options/get-options.ts';
import { addOptions, checkExclusions, longName } from './options/option.ts';
import {
  COMPARE_OPTIONS,
  type CompareOptions,
  FLAGS_OPTIONS,
  type FlagsOptions,
  FORGET_OPTIONS,
  type ForgetOptions,
  REPORT_OPTIONS,
  RETRY_SELECTION,
  type ReportOptions,
  type RetrySelectionOptions,
  SERVE_OPTIONS,
  type ServeOptions,
  SHELLS,
  type Shell,
  SPINNER_OPTIONS,
  type SpinnerOptions,
} from './options/other-commands.ts';
import { oneOf, UsageError } from './options/values.ts';

/** Returns the arguments of the process, in our words. */
type ReadArguments = () => readonly string[];

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, (read: ReadArguments) => Command>> = {
  get,
  retry,
  status,
  report,
  forget,
  plan,
  work,
  flags,
  compare,
  serve,
  spinner,
  completion,
};

/**
 * The commands that commander needs for these arguments: only the one that they start with, as
 * making all of them takes longer. Without one (the help, a typing error) and for `completion`,
 * which completes the options of every command, it is all of them.
 *
 * @param read called when a run begins, for the ledger to remember
 */
export function commandsFor(args: readonly string[], read: ReadArguments = () => args): Command[] {
  const [name = ''] = args;
  const named = name !== 'completion' && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return named === undefined
    ? Object.values(COMMANDS).map((create) => create(read))
    : [named(read)];
}

export const COMMAND_NAMES = Object.keys(COMMANDS);

/** The heading of commands that need no server of one's own. */
const TO_TRY = 'To try flaghoist, and to see how it works:';

/** What newcomers do first. The help ends with it. */
export const EXAMPLES = `
Examples:
  flaghoist https://example.com/a.jpg        download a file into this directory
  flaghoist -i list.txt -d photos            download a list; run again, it goes on
  flaghoist -i list.csv -o '{host}/{name}'   name the files by a template
  flaghoist status photos                    see what is there, and what is left
  flaghoist retry photos                     try again what failed
`;

const MORE = '\nAll options: flaghoist get --help\n';

function get(read: ReadArguments): Command {
  const isBrief = read().includes('-h');
  const command = createCommand('get')
    .description('Download URLs, given here or in lists, and account for every one.')
    .argument('[URL...]', 'what to download; without a scheme, https:// is tried')
    .addHelpText('after', `${EXAMPLES}${isBrief ? MORE : ''}`);
  return addGetOptions(command, isBrief).action(async (urls: string[], options: GetOptions) => {
    hideSecrets();
    const { runGet } = await import('./commands/get.ts');
    await runGet(urls, options, read());
  });
}

function retry(read: ReadArguments): Command {
  const command = createCommand('retry')
    .description(
      'Try again what failed or was cancelled in a directory, with the options of its last get.',
    )
    .argument('[DIR]', 'the directory of the last get, or the URL of a database', '.');
  addRetryOptions(addOptions(addOptions(command, RETRY_SELECTION), FLEET));
  return command.action(
    async (directory: string, options: RetrySelectionOptions & FleetOptionValues) => {
      hideSecrets();
      checkExclusions(RETRY_SELECTION, options);
      if (isOfFleet(directory, options)) {
        const { runFleetRetry } = await import('./commands/fleet-retry.ts');
        return await runFleetRetry(directory, options, otherOptions(command));
      }
      const { runRetry } = await import('./commands/retry.ts');
      await runRetry(directory, options, { options: givenOptions(command), arguments: read() });
    },
  );
}

/** The options that were given on the command line, without defaults. */
function givenOptions(command: Command): Partial<GetOptions> {
  const entries = Object.entries(command.opts());
  return Object.fromEntries(
    entries.filter(([name]) => command.getOptionValueSource(name) === 'cli'),
  );
}

/** The names of the options that were given to `retry` besides those for a database. */
function otherOptions(command: Command): string[] {
  const table = { ...RETRY_SELECTION, ...FLEET };
  return Object.keys(givenOptions(command))
    .filter((key) => !(key in table))
    .map((key) => longName(GET_OPTIONS, key));
}

/**
 * Hides secrets of the command line from the machine's other users (`ps`): the process gets a title
 * with `***` for each. Until then they are visible, and they stay visible in the command line of a process
 * that has started this one (`npm exec`).
 */
function hideSecrets(): void {
  const args = process.argv.slice(2);
  const safe = safeArguments(args);
  if (safe.every((arg, i) => arg === args[i])) return;
  process.title = ['flaghoist', ...safe].join(' ');
}

function status(): Command {
  const command = createCommand('status')
    .description('Show how the rows of a directory ended, and what is left to do.')
    .argument('[DIR]', 'the directory of the run, or the URL of a database', '.');
  addOptions(command, STATUS_OPTIONS);
  return command.action(async (directory: string, options: StatusOptionValues) => {
    if (isOfFleet(directory, options)) {
      hideSecrets();
      const { runFleetStatus } = await import('./commands/fleet-status.ts');
      return await runFleetStatus(directory, options);
    }
    if (options.dashboard !== undefined) {
      throw new UsageError('--dashboard shows the workers of a database: a run has it itself');
    }
    const { runStatus } = await import('./commands/status.ts');
    await runStatus(directory);
  });
}

function report(): Command {
  const command = createCommand('report')
    .description('Report on every row of a directory.')
    .argument('[DIR]', 'the directory of the run, or the URL of a database', '.');
  addOptions(addOptions(command, REPORT_OPTIONS), FLEET);
  return command.action(async (directory: string, options: ReportOptions & FleetOptionValues) => {
    if (isOfFleet(directory, options)) {
      hideSecrets();
      const { runFleetReport } = await import('./commands/fleet-report.ts');
      return await runFleetReport(directory, options);
    }
    const { runReport } = await import('./commands/report.ts');
    await runReport(directory, options);
  });
}

function forget(): Command {
  const command = createCommand('forget')
    .description('Drop rows from the ledger of a directory: later runs know nothing of them.')
    .argument('<DIR>', 'the directory of the run');
  addOptions(command, FORGET_OPTIONS);
  return command.action(async (directory: string, options: ForgetOptions) => {
    checkExclusions(FORGET_OPTIONS, options);
    const { runForget } = await import('./commands/forget.ts');
    await runForget(directory, options);
  });
}

/** The heading of the commands that share a database. */
const MANY_WORKERS = 'Many workers over one PostgreSQL database:';

function plan(read: ReadArguments): Command {
  const command = createCommand('plan')
    .helpGroup(MANY_WORKERS)
    .description('Sort a list into shards, for workers on any number of machines to download.')
    .argument('[URL...]', 'what to download; without a scheme, https:// is tried');
  addOptions(command, PLAN_OPTIONS);
  addPlannedOptions(command);
  return command.action(async (urls: string[], options: GetOptions & PlanOptionValues) => {
    hideSecrets();
    const { runPlan } = await import('./commands/plan.ts');
    await runPlan(urls, options, read());
  });
}

function work(read: ReadArguments): Command {
  const command = createCommand('work')
    .helpGroup(MANY_WORKERS)
    .description('Download the shards of a plan until all of them have ended.');
  addOptions(command, WORK_OPTIONS);
  addWorkerOptions(command);
  return command.action(async (options: WorkOptionValues) => {
    hideSecrets();
    const { runWork } = await import('./commands/work.ts');
    await runWork(options, { options: givenOptions(command), arguments: read() });
  });
}

function flags(): Command {
  const command = createCommand('flags')
    .helpGroup(TO_TRY)
    .description('Download flags of countries: those of the 20 most populous by default.')
    .argument('[CC...]', 'country codes, or first letters: B means BA ... BZ');
  addOptions(command, FLAGS_OPTIONS);
  return command.action(async (codes: string[], options: FlagsOptions) => {
    const { planFlags, runFlags } = await import('./commands/flags.ts');
    await runFlags(planFlags(codes, options, process.env));
  });
}

function compare(): Command {
  const command = createCommand('compare')
    .helpGroup(TO_TRY)
    .description('Run the same downloads in four styles, and show what each costs.');
  addOptions(command, COMPARE_OPTIONS);
  return command.action(async (options: CompareOptions) => {
    const { runCompare } = await import('./commands/compare.ts');
    await runCompare(options);
  });
}

function serve(): Command {
  const labels = SERVER_LABELS.join(', ');
  const command = createCommand('serve')
    .helpGroup(TO_TRY)
    .description('Run the test servers until interrupted (Ctrl-C).')
    .argument('[LABEL...]', `${labels}, in any case; all of them if none is given`);
  addOptions(command, SERVE_OPTIONS);
  return command.action(async (names: string[], options: ServeOptions) => {
    const { runServe } = await import('./commands/serve.ts');
    await runServe(names, options);
  });
}

function spinner(): Command {
  const command = createCommand('spinner')
    .helpGroup(TO_TRY)
    .description('Show a spinner while a slow function runs, then its answer.');
  addOptions(command, SPINNER_OPTIONS);
  return command.action(async (options: SpinnerOptions) => {
    checkExclusions(SPINNER_OPTIONS, options);
    const { runSpinner } = await import('./commands/spinner.ts');
    await runSpinner(options);
  });
}

function completion(): Command {
  return createCommand('completion')
    .description('Print a completion script: eval "$(flaghoist completion bash)" in ~/.bashrc.')
    .argument('<SHELL>', SHELLS.join(', '), (text) => oneOf(SHELLS)(text, 'SHELL'))
    .action(async (shell: Shell, _options: object, command: Command) => {
      const { completionScript } = await import('./commands/completion.ts');
      process.stdout.write(completionScript(shell, command.parent ?? command));
    });
}
