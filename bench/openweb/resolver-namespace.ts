import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../measure/measure.ts';
import { NAME_SERVER } from './addresses.ts';

/** Configuration files for a system that resolves names with the web's name server only. */
export interface ResolverFiles {
  readonly resolv: string;
  readonly nsswitch: string;
}

export async function writeResolverFiles(directory: string): Promise<ResolverFiles> {
  const files = {
    resolv: join(directory, 'resolv.conf'),
    nsswitch: join(directory, 'nsswitch.conf'),
  };
  await writeFile(files.resolv, `nameserver ${NAME_SERVER}\noptions timeout:5 attempts:2\n`);
  await writeFile(files.nsswitch, 'hosts: files dns\n');
  return files;
}

export interface NamespaceSettings extends ResolverFiles {
  /** How many files the program may open. @default as many as this program */
  readonly openFiles?: number;
}

/**
 * The command in a mount namespace of its own, where the system resolves names by these files. The shell that
 * prepares it execs the program, so the process that is started becomes the program. Needs root.
 */
export function inResolverNamespace(
  { file, args }: Command,
  { resolv, nsswitch, openFiles }: NamespaceSettings,
): Command {
  const steps = [
    'mount --bind "$0" /etc/resolv.conf',
    'mount --bind "$1" /etc/nsswitch.conf',
    'shift',
    ...(openFiles === undefined ? [] : [`ulimit -n ${openFiles}`]),
    'exec "$@"',
  ];
  return {
    file: 'unshare',
    args: ['--mount', 'sh', '-c', steps.join(' && '), resolv, nsswitch, file, ...args],
  };
}
