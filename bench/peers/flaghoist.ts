import { fileURLToPath } from 'node:url';
import type { Command } from '../measure/measure.ts';
import { versionOf } from '../measure/version-of.ts';
import type { Peer } from './peer.ts';

const PROGRAM = fileURLToPath(new URL('../../bin/flaghoist.js', import.meta.url));

/** The command of this checkout, on the Node that runs the benchmark: the pinned one. */
export function flaghoistCommand(...args: readonly string[]): Command {
  return { file: process.execPath, args: [PROGRAM, ...args] };
}

/** Ours, as a user calls it: nothing that costs time is turned off. */
export const flaghoist: Peer = {
  name: 'flaghoist',
  version: () => versionOf(process.execPath, [PROGRAM, '--version']),
  command({ list, directory, maxRequests, certificate }) {
    const trust = certificate === undefined ? [] : ['--cacert', certificate];
    const requests = ['-m', String(maxRequests)];
    return flaghoistCommand('get', '-q', ...requests, ...trust, '-d', directory, '-i', list);
  },
};
