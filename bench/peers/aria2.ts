import { versionOf } from '../measure/version-of.ts';
import type { Patience, Peer } from './peer.ts';

/** aria2 with one connection for each file, without optional work. It has no HTTP/2. */
export const aria2: Peer = {
  name: 'aria2',
  version: () => versionOf('aria2c'),
  command({ list, directory, maxRequests, certificate, patience }) {
    const trust = certificate === undefined ? [] : [`--ca-certificate=${certificate}`];
    return {
      file: 'aria2c',
      args: [
        '--no-conf',
        '--quiet',
        '--file-allocation=none',
        '--split=1',
        `--max-concurrent-downloads=${maxRequests}`,
        ...trust,
        ...(patience === undefined ? [] : patienceArgs(patience)),
        `--dir=${directory}`,
        `--input-file=${list}`,
      ],
    };
  },
};

function patienceArgs({ connectSeconds, tries }: Patience): string[] {
  return [`--connect-timeout=${connectSeconds}`, `--max-tries=${tries}`];
}
