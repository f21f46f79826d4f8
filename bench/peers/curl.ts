import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { versionOf } from '../measure/version-of.ts';
import type { Patience, Peer } from './peer.ts';

/** `curl -Z`. The list is a config file of URLs and names. Over TLS it is told to use HTTP/2. */
export const curl: Peer = {
  name: 'curl -Z',
  version: () => versionOf('curl'),
  async command({ urls, directory, scratch, maxRequests, certificate, patience }) {
    const config = join(scratch, 'curl.txt');
    const entries = urls.map((url) => {
      const name = url.slice(url.lastIndexOf('/') + 1);
      return `url = "${url}"\noutput = "${join(directory, name)}"\n`;
    });
    await writeFile(config, entries.join(''));
    const trust = certificate === undefined ? [] : ['--http2', '--cacert', certificate];
    const given = patience === undefined ? [] : patienceArgs(patience);
    const parallel = ['--parallel', '--parallel-max', String(maxRequests)];
    // With -Z, --silent alone leaves the progress meter on.
    const quiet = ['--silent', '--show-error', '--no-progress-meter'];
    const args = ['-q', ...quiet, '--fail', ...parallel, ...trust, ...given, '-K', config];
    return { file: 'curl', args };
  },
};

function patienceArgs({ connectSeconds, tries }: Patience): string[] {
  return ['--connect-timeout', String(connectSeconds), '--retry', String(tries - 1)];
}
