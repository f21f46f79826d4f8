import type { Command } from 'commander';

/** Where each command is, in the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  get: async () => (await import('./get.ts')).getCommand(),
  retry: async () => (await import('./retry.ts')).retryCommand(),
  status: async () => (await import('./status.ts')).statusCommand(),
  report: async () => (await import('./report.ts')).reportCommand(),
  flags: async () => (await import('./flags.ts')).flagsCommand(),
  compare: async () => (await import('./compare.ts')).compareCommand(),
  serve: async () => (await import('./serve.ts')).serveCommand(),
  spinner: async () => (await import('./spinner.ts')).spinnerCommand(),
};

/**
 * The commands that the parser needs to make sense of the arguments. When the first of them names a
 * command, that is the only one: the others need not be loaded. All of them in every other case (the
 * help, a slip of the finger), and for `completion`, which knows all options of all.
 */
export async function commandsFor([name = '']: readonly string[]): Promise<Command[]> {
  const named = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (named !== undefined) return [await named()];
  const { completionCommand } = await import('./completion.ts');
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return [...commands, completionCommand()];
}
