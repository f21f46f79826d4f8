import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** The first version number in a program's output; undefined if the program cannot be run. */
export async function versionOf(
  file: string,
  args: readonly string[] = ['--version'],
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await execute(file, args, { timeout: 20_000 });
    return /\d+(\.\d+)+/.exec(stdout + stderr)?.[0];
  } catch {
    return undefined;
  }
}
