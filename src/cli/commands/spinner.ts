import { type Command, Option } from 'commander';
import { createCommand } from '../command.ts';
import { parseDuration } from '../options/duration.ts';

/** Options of `flaghoist spinner`. */
export interface SpinnerOptions {
  readonly thread?: boolean;
  /** ms */
  readonly seconds: number;
}

/** `flaghoist spinner`: the same spinner drawn by a thread, or by a task. */
export function spinnerCommand(): Command {
  return createCommand('spinner')
    .description('Show a spinner while a slow function runs, then its answer.')
    .addOption(
      new Option('--thread', 'a thread draws, while the function blocks the first one').conflicts(
        'task',
      ),
    )
    .option('--task', 'a task draws, while the function waits; one thread does both (default)')
    .addOption(
      new Option('--seconds <N>', 'how long the function takes')
        .argParser((text) => parseDuration(text, '--seconds N'))
        .default(3_000, '3'),
    )
    .action(spinner);
}

async function spinner(options: SpinnerOptions): Promise<void> {
  // Only now: help needs none of it.
  const { runSpinner } = await import('./run-spinner.ts');
  await runSpinner(options);
}
