import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFlagServer } from '../../../src/server/flag-server.ts';
import { type Ran, runExamples } from '../../support/console-session.ts';
import type { Example } from '../../support/document-blocks.ts';
import { startExampleSite } from '../../support/example-site.ts';

/** The documents whose `console` blocks are run. */
export const DOCUMENTS = [
  'README.md',
  'docs/tutorial.md',
  'docs/how-to/checksums.md',
  'docs/how-to/lists.md',
  'docs/how-to/names.md',
  'docs/how-to/resume-and-retry.md',
  'docs/how-to/scripts.md',
  'docs/how-to/untrusted-lists.md',
];

/** Runs a document's examples in a directory of their own, on servers of their own. */
export async function runDocument(examples: readonly Example[]): Promise<Ran[]> {
  await using site = await startExampleSite();
  await using flags = await startFlagServer({ label: 'LOCAL', port: 0 });
  const directory = await mkdtemp(join(tmpdir(), 'document-'));
  try {
    return await runExamples(examples, directory, [
      ['https://example.com', site.url],
      ['http://localhost:8001', new URL(flags.url).origin],
    ]);
  } finally {
    await rm(directory, { recursive: true });
  }
}

/** Whether the machine has all that the examples run. */
export const hasJq = spawnSync('jq', ['--version']).status === 0;
