/** Set-up for tests of parts: runs that are killed, and the files they leave. */
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { partKey } from '../../src/save/files/parts.ts';
import { DirectorySink, type DirectorySinkOptions } from '../../src/save/sinks/directory-sink.ts';
import type { Draft } from '../../src/save/sinks/sink.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

export const ITEM = { index: 0, url: 'http://h/a.bin' };
export const KEY = partKey(ITEM);
export const BODY = Buffer.from(Array.from({ length: 300_000 }, (_, i) => i % 251));
export const HEAD = { httpStatus: 200, url: ITEM.url, offset: 0, length: BODY.length, etag: '"1"' };
export const MODIFIED = 'Sun, 22 Nov 2026 10:00:00 GMT';

export async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const parts = join(directory, '.flaghoist', 'parts');
  const open = (options: DirectorySinkOptions = {}) =>
    DirectorySink.open(directory, { parts, ...options });
  /** A draft of a new sink, as in the next run. */
  const draft = async (item = {}, options: DirectorySinkOptions = {}) =>
    await (await open(options)).open({ ...ITEM, ...item });
  /** Keeps the parts on the disk as they are now, whatever discarding the draft does. */
  const kill = async (killed: Draft) => {
    const copy = await temporaryDirectory(t);
    await cp(parts, copy, { recursive: true });
    await killed.discard();
    await rm(parts, { recursive: true });
    await cp(copy, parts, { recursive: true });
  };
  /** Receives so many bytes, and kills the run. */
  const abandon = async (killed: Draft, bytes: number, head: object = {}) => {
    await receive(killed, bytes, head);
    await kill(killed);
  };
  return {
    directory,
    parts,
    open,
    draft,
    kill,
    abandon,
    list: async () => (await readdir(parts)).sort(),
  };
}

/** Receives the first `bytes` of a response. */
export async function receive(draft: Draft, bytes: number, head: object = {}): Promise<void> {
  draft.begin({ ...HEAD, ...head });
  await draft.write(BODY.subarray(0, bytes));
}

/** Receives the rest. @returns the contents of the saved file */
export async function finish(draft: Draft): Promise<Buffer> {
  const offset = draft.part?.bytes ?? 0;
  draft.begin({ ...HEAD, httpStatus: offset > 0 ? 206 : 200, offset });
  await draft.write(BODY.subarray(offset));
  return await readFile((await draft.commit()).path);
}
