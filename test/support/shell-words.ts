import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where a command of a document stands, and its line. */
export interface ShellLine {
  readonly place: string;
  readonly line: string;
}

/** Each `flaghoist` that a line starts, as the shell splits it into words. */
export interface Invocation {
  readonly place: string;
  readonly args: readonly string[];
}

/** Other commands do nothing, and files that are read are there. */
const PRELUDE = `
exec 3>&1 >/dev/null 2>&1 </dev/null
flaghoist() { printf '%s\\0' "$place" "$@" >&3; printf '\\x1e\\0' >&3; }
npm() { while [ $# -gt 0 ] && [ "$1" != -- ] && [ "$1" != flaghoist ]; do shift; done
  [ "$1" = -- ] && shift; [ "$1" = flaghoist ] && "$@"; }
npx() { "$@"; }
command_not_found_handle() { :; }
PATH=
`;

/**
 * Splits lines as bash does, without running anything: `flaghoist` only says what its arguments are. So
 * quotes, pipes and variables are those of the real shell.
 */
export async function invocationsIn(lines: readonly ShellLine[]): Promise<Invocation[]> {
  const steps = lines.map(({ place, line }) => {
    return `place=${quoted(place)}; : > list.txt; eval ${quoted(line)}\n`;
  });
  const directory = await mkdtemp(join(tmpdir(), 'shell-words-'));
  try {
    const { stdout } = await promisify(execFile)('bash', ['-c', PRELUDE + steps.join('')], {
      cwd: directory,
    });
    return stdout
      .split('\u001e\0')
      .slice(0, -1)
      .map((invocation) => {
        const [place = '', ...args] = invocation.split('\0').slice(0, -1);
        return { place, args };
      });
  } finally {
    await rm(directory, { recursive: true });
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
