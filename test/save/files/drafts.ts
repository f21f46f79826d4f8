import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { Part } from '../../../src/model/response.ts';
import { SMALL_BODY } from '../../../src/save/files/body-store.ts';
import type { Draft } from '../../../src/save/sinks/sink.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { draftOf } from '../draft-of.ts';

/** A body that is not kept in memory. */
export const BIG = Buffer.alloc(SMALL_BODY + 1, 'big');

/** A draft of `a.gif` in a directory of the test's own. */
export async function setUp(t: TestContext) {
  const directory = await temporaryDirectory(t);
  const path = join(directory, 'a.gif');
  return { directory, path, draft: draftOf(path), list: () => readdir(directory) };
}

/** An error of the file system. */
export function failure(code: string): Error {
  return Object.assign(new Error(`${code}: as the test says`), { code });
}

/** A function, since TypeScript would keep an assertion about the property for later lines. */
export function partOf(draft: Draft): Part | undefined {
  return draft.part;
}

/** The head of a response with the whole file. */
export const HEAD = { httpStatus: 200, url: 'http://h/a.gif', offset: 0, etag: '"1"' };
