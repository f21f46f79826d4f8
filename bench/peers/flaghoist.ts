import type { Command } from '../measure/measure.ts';
import { versionOf } from '../measure/version-of.ts';
import { installedProgram } from './installed.ts';
import type { Patience, Peer } from './peer.ts';

let program: string | undefined;

/** The built command, on the Node that runs the benchmark. */
export function flaghoistCommand(...args: readonly string[]): Command {
  program ??= installedProgram();
  return { file: process.execPath, args: [program, ...args] };
}

/** flaghoist with its defaults: nothing that costs time is turned off. */
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

/** flaghoist without a number of requests, which it finds itself. The system trusts the certificate. */
export const flaghoistByDefault: Peer = {
  ...flaghoist,
  command({ list, directory, certificate, patience }) {
    const given = patience === undefined ? [] : patienceArgs(patience);
    const { file, args } = flaghoistCommand('get', '-q', ...given, '-d', directory, '-i', list);
    if (certificate === undefined) return { file, args };
    return { file: 'env', args: [`NODE_EXTRA_CA_CERTS=${certificate}`, file, ...args] };
  },
};

function patienceArgs({ connectSeconds, tries }: Patience): string[] {
  return ['--connect-timeout', `${connectSeconds}s`, '--tries', String(tries)];
}
