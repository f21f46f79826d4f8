import { type Command, CommanderError } from 'commander';
import { LedgerReader } from '../../ledger/read/ledger-reader.ts';
import { type RetrySelection, retryRows } from '../../ledger/read/retry-rows.ts';
import { WhereError } from '../../ledger/read/where.ts';
import { HIDDEN } from '../../ledger/write/safe-arguments.ts';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import type { GetOptions } from '../options/get-options.ts';
import { UsageError } from '../options/usage-error.ts';
import { getCommand } from './get.ts';
import { downloadOptionsOf, downloadRows } from './run-get.ts';

/** The options of `flaghoist retry`, those of get that it takes included. */
export interface RetryOptions extends GetOptions {
  readonly where?: string;
  readonly reason?: readonly string[];
}

/**
 * Runs `flaghoist retry`: goes by the options of the directory's last `get`, but for those given now.
 * @param command as it was parsed: it knows which options were given
 * @throws UsageError; BrokenRunError
 */
export async function runRetry(
  directory: string,
  options: RetryOptions,
  command: Command,
): Promise<void> {
  const rows = selectRows(directory, { where: options.where, reasons: options.reason });
  const merged: GetOptions = {
    ...optionsOfLastGet(directory),
    ...given(command, options),
    directory,
    ledger: true,
  };
  await downloadRows(rows, await downloadOptionsOf(merged), { ...merged, rows: undefined });
}

function selectRows(directory: string, selection: RetrySelection) {
  try {
    return retryRows(directory, selection);
  } catch (error) {
    if (!(error instanceof WhereError)) throw error;
    throw new UsageError(`--where W: ${error.message}`, { cause: error });
  }
}

/** Who is to watch a run is said for each. Secrets are not kept, so what the last run had of them is said to be missing. */
function optionsOfLastGet(directory: string): GetOptions {
  using reader = new LedgerReader(directory);
  const command = getCommand().action(() => {});
  try {
    command.parse(reader.lastArguments('get') ?? [], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new BrokenRunError(
      `the command of the last get, as the ledger of ${directory} has it, cannot be read: ${error.message.replace(/^error: /, '').replaceAll('\n', ' ')}; run that command again instead`,
      { cause: error },
    );
  }
  const { dashboard: _, ...options } = command.opts<GetOptions>();
  const entries = Object.entries(options);
  const hidden = entries.filter(([, value]) => [value].flat().includes(HIDDEN));
  if (hidden.length > 0) {
    const names = hidden.map(([name]) => `--${name}`).join(', ');
    process.stderr.write(
      `flaghoist: the last run had secrets, which are not kept (${names}); give them again if needed\n`,
    );
  }
  const kept = entries.filter((entry) => !hidden.includes(entry));
  return Object.fromEntries(kept) as unknown as GetOptions;
}

/** The options that were given on the command line: not their defaults. */
function given(command: Command, options: RetryOptions): Partial<GetOptions> {
  const entries = Object.entries(options);
  return Object.fromEntries(
    entries.filter(([name]) => command.getOptionValueSource(name) === 'cli'),
  );
}
