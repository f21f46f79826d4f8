import type { Command } from '../measure/measure.ts';
import { versionOf } from '../measure/version-of.ts';
import { installedProgram } from './installed.ts';
import type { Peer } from './peer.ts';

let program: string | undefined;

/** The command as it was built, on the Node that runs the benchmark: the pinned one. */
export function flaghoistCommand(...args: readonly string[]): Command {
  program ??= installedProgram();
  return { file: process.execPath, args: [program, ...args] };
}

/** Ours, as a user calls it: nothing that costs time is turned off. */
export const flaghoist: Peer = {
  name: 'flaghoist',
  version() {
    const { file, args } = flaghoistCommand('--version');
    return versionOf(file, args);
  },
  command({ list, directory, maxRequests, certificate }) {
    const trust = certificate === undefined ? [] : ['--cacert', certificate];
    const requests = ['-m', String(maxRequests)];
    return flaghoistCommand('get', '-q', ...requests, ...trust, '-d', directory, '-i', list);
  },
};
