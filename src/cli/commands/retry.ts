import { LedgerReader } from '../../ledger/read/ledger-reader.ts';
import { type RetrySelection, retryCondition, retryRows } from '../../ledger/read/retry-rows.ts';
import { GET_OPTIONS, type GetOptions, parseGetOptions } from '../options/get-options.ts';
import { replaceValues } from '../options/option.ts';
import type { RetrySelectionOptions } from '../options/other-commands.ts';
import { readCondition } from '../options/read-condition.ts';
import { readRemembered } from '../options/remembered.ts';
import { downloadRows } from '../run-download.ts';
import { runSettingsOf } from '../run-input.ts';

/**
 * Runs `flaghoist retry` with the options of the directory's last `get`, except for those given now.
 * @param given options of get on this command line, and all of its arguments
 * @throws UsageError; BrokenRunError
 */
export async function runRetry(
  directory: string,
  { where, reason: reasons }: RetrySelectionOptions,
  given: { readonly options: Partial<GetOptions>; readonly arguments: readonly string[] },
): Promise<void> {
  const rows = readCondition(() => retryRows(directory, { where, reasons }));
  const merged = replaceValues<GetOptions>(GET_OPTIONS, optionsOfLastGet(directory), given.options);
  // The directory is perhaps not called as the last run called it.
  const sink = merged.sink?.replace(/^tar:(?!s3:).*/is, `tar:${directory}`);
  const options = { ...merged, directory, sink, ledger: true };
  const settings = await runSettingsOf(options, given.arguments);
  const count = countOf(directory, { where, reasons });
  await downloadRows(rows, settings, { ...options, count });
}

/** How many rows there are to try again. */
function countOf(directory: string, selection: RetrySelection) {
  using reader = new LedgerReader(directory);
  return { rows: reader.count(retryCondition(selection)), async start() {} };
}

/**
 * The options of the last get, as the ledger has them. Says on stderr which secrets it has not kept: they
 * have to be given again.
 * @throws BrokenRunError
 */
function optionsOfLastGet(directory: string): GetOptions {
  using reader = new LedgerReader(directory);
  const { options, secrets } = readRemembered(
    GET_OPTIONS,
    () => parseGetOptions(reader.lastArguments('get') ?? []),
    `the last get, as the ledger of ${directory} has it,`,
    'run that command again instead',
  );
  if (secrets.length > 0) {
    process.stderr.write(
      `flaghoist: the last run had secrets, which are not kept (${secrets.join(', ')}); give them again if needed\n`,
    );
  }
  return options;
}
