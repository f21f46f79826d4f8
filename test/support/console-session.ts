import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { COMMAND } from './command.ts';
import type { Example } from './document-blocks.ts';

/** What a command printed on stdout and stderr, and its exit code. */
export interface Ran {
  readonly output: string;
  readonly code: number;
}

/** A document's URLs, and the servers that stand for them. */
export type StandIns = ReadonlyArray<readonly [documented: string, real: string]>;

/** Between the output of a command and its exit code, and after that. */
const [CODE, END] = ['\u001e', '\u001f'];

/**
 * Runs the commands of a document in one shell, one after the other, in `directory`. `$?` is the exit
 * code of the command before. A file that `cat` shows first is made from what the document shows.
 */
export async function runExamples(
  examples: readonly Example[],
  directory: string,
  standIns: StandIns,
): Promise<Ran[]> {
  const toReal = (text: string) => replaced(text, standIns);
  const toDocumented = (text: string) => replaced(text, pairsBack(standIns));
  let script = PRELUDE;
  for (const { command, output } of examples) {
    const [, shown] = /^cat (\S+)$/.exec(command) ?? [];
    if (shown !== undefined) script += writing(shown, toReal(output));
    script += `step ${quoted(toReal(command))}\n`;
  }
  const { stdout } = await promisify(execFile)('bash', ['-c', script], {
    cwd: directory,
    env: {
      PATH: process.env.PATH,
      HOME: directory,
      TZ: 'UTC',
      NODE: process.execPath,
      COMMAND,
    },
    maxBuffer: 2 ** 24,
  });
  return stdout
    .split(END)
    .slice(0, examples.length)
    .map((step) => {
      const [output = '', code] = step.split(CODE);
      return { output: toDocumented(output), code: Number(code) };
    });
}

const PRELUDE = `
exec 2>&1
code=0
flaghoist() { "$NODE" "$COMMAND" "$@"; }
step() {
  (exit $code)
  eval "$1" </dev/null
  code=$?
  printf '\\x1e%d\\x1f' $code
}
`;

/** A file that an earlier command has made stays as it is. */
function writing(file: string, text: string): string {
  return `[ -e ${quoted(file)} ] || printf %s ${quoted(text)} > ${quoted(file)}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function replaced(text: string, pairs: StandIns): string {
  return pairs.reduce((result, [from, to]) => result.replaceAll(from, to), text);
}

/** Hosts stand in names of directories too, where a port is after `_`. */
function pairsBack(standIns: StandIns): StandIns {
  return standIns.flatMap(([documented, real]) => {
    const [host, standIn] = [new URL(documented).host, new URL(real).host];
    return [
      [real, documented] as const,
      [standIn, host] as const,
      [standIn.replace(':', '_'), host.replace(':', '_')] as const,
    ];
  });
}

/**
 * Whether a command printed what the document shows. `…` in a line of its own stands for any lines.
 * Otherwise lines may come in any order, since downloads end in any order.
 */
export function isShown(shown: string, printed: string): boolean {
  if (!/^…$/m.test(shown)) return sorted(stable(shown)) === sorted(stable(printed));
  const pattern = stable(shown)
    .split(/^…\n/m)
    .map((part) => RegExp.escape(part))
    .join('(?:.*\\n)*');
  return new RegExp(`^${pattern}$`).test(stable(printed));
}

function sorted(text: string): string {
  return text.split('\n').sort().join('\n');
}

/** Without what differs from run to run: times, speeds and dates. */
function stable(text: string): string {
  return text
    .replace(/\b\d+(\.\d+)? ?(ms|s|min)\b/g, '# s')
    .replace(/\b\d+(\.\d+)? ([kMG]?B)\/s/g, '# B/s')
    .replace(/\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(\.\d+)?Z?/g, '#');
}
