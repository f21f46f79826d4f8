import { execFile } from 'node:child_process';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import type { Credentials } from './credentials.ts';
import { credentialsIn } from './metadata-credentials.ts';

/** How long a `credential_process` may take, in ms. It may ask a server for the keys. */
const LONGEST = 60_000;

/**
 * Runs the `credential_process` of a profile, and reads the keys that it prints (AWS SDKs and Tools
 * Reference Guide, "Process credential provider"). It is run by the shell, as the AWS SDKs do. No message
 * shows what it prints.
 *
 * @throws BrokenRunError
 */
export async function fromProcess(command: string, from: string): Promise<Credentials> {
  const [shell, ...args] =
    process.platform === 'win32' ? ['cmd.exe', '/d', '/s', '/c'] : ['/bin/sh', '-c'];
  const printed = await new Promise<string>((resolve, reject) => {
    const options = { timeout: LONGEST, maxBuffer: 1024 * 1024, encoding: 'utf8' } as const;
    execFile(shell as string, [...args, command], options, (error, stdout) => {
      if (error === null) return resolve(stdout);
      const how = error.killed
        ? `took longer than ${LONGEST / 1000} s`
        : `ended with ${error.code}`;
      // The error of Node has the command line, and what was printed.
      reject(new BrokenRunError(`the credential_process of ${from} ${how}`));
    });
  });
  const found = credentialsIn(printed, `the credential_process of ${from}`);
  return { ...found, from };
}
