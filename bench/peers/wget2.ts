import { versionOf } from '../measure/version-of.ts';
import type { Patience, Peer } from './peer.ts';

/** wget2. Over TLS it uses HTTP/2 by default. */
export const wget2: Peer = {
  name: 'wget2',
  version: () => versionOf('wget2'),
  command({ list, directory, maxRequests, certificate, patience }) {
    const trust = certificate === undefined ? [] : [`--ca-certificate=${certificate}`];
    return {
      file: 'wget2',
      args: [
        '--no-config',
        '--quiet',
        `--max-threads=${maxRequests}`,
        ...trust,
        ...(patience === undefined ? [] : patienceArgs(patience)),
        `--directory-prefix=${directory}`,
        `--input-file=${list}`,
      ],
    };
  },
};

function patienceArgs({ connectSeconds, tries }: Patience): string[] {
  return [`--connect-timeout=${connectSeconds}`, `--tries=${tries}`];
}
