import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a thing is opened for: a test, or all tests of a file. */
export interface Lifetime {
  after(close: () => Promise<void>): void;
}

/** Makes an empty directory, which is removed after the test. */
export async function temporaryDirectory(t: Lifetime): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'flaghoist-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
