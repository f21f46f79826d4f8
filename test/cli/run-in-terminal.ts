import { execFile } from 'node:child_process';
import { promisify, stripVTControlCharacters } from 'node:util';
import { COMMAND } from '../support/command.ts';
import type { Surroundings } from './run-flaghoist.ts';

/**
 * Runs the real command in a pseudo-terminal so many columns wide, by util-linux's `script`.
 * @returns its output as it was sent, and line by line as a person would have seen it
 */
export async function runInTerminal(
  { cwd, env }: Surroundings,
  columns: number,
  ...args: string[]
): Promise<{ raw: string; lines: string[] }> {
  const words = [process.execPath, COMMAND, ...args].map((word) => `'${word}'`).join(' ');
  const { stdout } = await promisify(execFile)(
    'script',
    [
      '--quiet',
      '--return',
      '--command',
      `stty cols ${columns} rows 24; exec ${words}`,
      '/dev/null',
    ],
    { cwd, env: { ...process.env, TERM: 'xterm', ...env }, maxBuffer: 16 * 1024 * 1024 },
  );
  const lines = stripVTControlCharacters(stdout).split(/\r*\n|\r/);
  return { raw: stdout, lines };
}
