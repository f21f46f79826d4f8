import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from '../measure/measure.ts';
import { NAME_SERVER } from './addresses.ts';

/** The files of a system whose only source of names is the web's name server. */
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
  /** How many files the program may have open; left out, as many as this one. */
  readonly openFiles?: number;
}

/**
 * The command in a mount namespace of its own, where the system resolves by these files. The shells that
 * prepare it become the program, so its process is the one that was started. Needs root.
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
