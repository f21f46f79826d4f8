import { type Command, Option } from 'commander';
import { createCommand } from '../command.ts';

const FORMATS = ['text', 'json', 'csv', 'html'] as const;

/** The options of `flaghoist report` as commander hands them over. */
export interface ReportOptions {
  readonly format: (typeof FORMATS)[number];
  readonly where?: string;
  readonly output?: string;
}

/** `flaghoist report DIR`: what the ledger of a directory says, in full. */
export function reportCommand(): Command {
  return createCommand('report')
    .description('Report on every row of a directory.')
    .argument('<DIR>', 'the directory of the run')
    .addOption(
      new Option(
        '--format <F>',
        'text for a summary; json or csv for every row; html for a page to look at',
      )
        .choices(FORMATS)
        .default('text'),
    )
    .option('--where <CONDITION>', "json, csv, html: only such rows, as in 'status in (429, 503)'")
    .option('-o, --output <FILE>', 'where it goes, instead of stdout')
    .action(async (directory: string, options: ReportOptions) => {
      // Only now: help and usage errors need none of it.
      const { runReport } = await import('./run-report.ts');
      await runReport(directory, options);
    });
}
