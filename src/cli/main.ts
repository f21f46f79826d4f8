import { readFileSync } from 'node:fs';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { createCommand, runProgram } from './command.ts';
import { completionCommand } from './completion.ts';
import { EXIT } from './exit-code.ts';
import { flagsCommand } from './flags.ts';
import { getCommand } from './get.ts';
import { reportCommand } from './report.ts';
import { retryCommand } from './retry.ts';
import { serveCommand } from './serve.ts';
import { spinnerCommand } from './spinner.ts';
import { statusCommand } from './status.ts';

const manifest = new URL('../../package.json', import.meta.url);
const { version, description } = JSON.parse(readFileSync(manifest, 'utf8'));

const program = createCommand('flaghoist')
  .description(description)
  .version(version, '-V, --version')
  .addCommand(getCommand())
  .addCommand(retryCommand())
  .addCommand(statusCommand())
  .addCommand(reportCommand())
  .addCommand(flagsCommand())
  .addCommand(serveCommand())
  .addCommand(spinnerCommand())
  .addCommand(completionCommand());

// `flaghoist flags | head -1`: what is downloaded is worth more than the lines about it.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

try {
  await runProgram(program, process.argv.slice(2));
} catch (error) {
  if (!(error instanceof BrokenRunError)) throw error;
  process.stderr.write(`flaghoist: ${error.message}\n`);
  process.exitCode = EXIT.broken;
}
