import { type Command, Option } from 'commander';
import { createCommand } from '../command.ts';
import { hideArguments } from '../hide-arguments.ts';
import {
  addDeadlineOptions,
  addOutputOptions,
  addRequestOptions,
  addRunOptions,
} from '../options/option-groups.ts';
import { repeated } from '../options/option-values.ts';
import type { RetryOptions } from './run-retry.ts';

/** `flaghoist retry DIR`: downloads again what an earlier run of that directory could not. */
export function retryCommand(): Command {
  const command = createCommand('retry')
    .description(
      'Try again what failed or was cancelled in a directory, with the options of its last get.',
    )
    .argument('<DIR>', 'where the last run put its files')
    .addOption(
      new Option('--where <W>', "only these rows, such as 'status in (429, 503)'").conflicts(
        'reason',
      ),
    )
    .option('--reason <R>', 'only rows that failed for this reason; may be repeated', repeated);
  addRunOptions(command);
  addDeadlineOptions(command);
  addRequestOptions(command);
  addOutputOptions(command);
  return command.action(retry);
}

async function retry(directory: string, options: RetryOptions, command: Command): Promise<void> {
  hideArguments(process.argv.slice(2));
  // Only now: help needs none of what downloads.
  const { runRetry } = await import('./run-retry.ts');
  await runRetry(directory, options, command);
}
