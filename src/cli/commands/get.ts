import type { Command } from 'commander';
import { createCommand } from '../command.ts';
import { hideArguments } from '../hide-arguments.ts';
import type { GetOptions } from '../options/get-options.ts';
import {
  addDeadlineOptions,
  addFileOptions,
  addInputOptions,
  addLedgerOptions,
  addOutputOptions,
  addRequestOptions,
  addRunOptions,
} from '../options/option-groups.ts';

/** `flaghoist get [URL ...]`: downloads any list of URLs. */
export function getCommand(): Command {
  const command = createCommand('get')
    .description('Download URLs, given here or in lists, and account for every one.')
    .argument('[URL...]', 'what to download')
    .action(get);
  addInputOptions(command);
  addFileOptions(command);
  addRunOptions(command);
  addLedgerOptions(command);
  addDeadlineOptions(command);
  addRequestOptions(command);
  addOutputOptions(command);
  return command;
}

async function get(urls: readonly string[], options: GetOptions): Promise<void> {
  hideArguments(process.argv.slice(2));
  // Only now: help needs none of what downloads.
  const { runGet } = await import('./run-get.ts');
  await runGet(urls, options);
}
