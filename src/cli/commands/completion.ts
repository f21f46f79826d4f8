import type { Command } from 'commander';
import { createCommand } from '../command.ts';
import { oneOf } from '../options/option-values.ts';
import { bashCompletion, fishCompletion, zshCompletion } from './completion-scripts.ts';

const SCRIPTS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion };
const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** `flaghoist completion SHELL`: prints the script that completes commands and options in a shell. */
export function completionCommand(): Command {
  return createCommand('completion')
    .description('Print a completion script: eval "$(flaghoist completion bash)" in ~/.bashrc.')
    .argument('<SHELL>', SHELLS.join(', '), oneOf('SHELL', SHELLS))
    .action((shell: (typeof SHELLS)[number], _options: object, command: Command) => {
      process.stdout.write(SCRIPTS[shell](command.parent ?? command));
    });
}
