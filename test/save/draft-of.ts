import { basename, dirname } from 'node:path';
import type { Item } from '../../src/model/item.ts';
import { FileDraft } from '../../src/save/file-draft.ts';
import { ScratchSpace } from '../../src/save/scratch-space.ts';

/** A draft of the file at `path`, as a sink without a place for parts makes it. */
export function draftOf(
  path: string,
  { item, digest = false }: { item?: Partial<Item>; digest?: boolean } = {},
): FileDraft {
  const target = { hint: basename(path), needsDigest: false, settle: () => path, release() {} };
  const space = new ScratchSpace(dirname(path), undefined, {
    digest,
    durable: false,
    fileTimes: true,
  });
  return new FileDraft({ index: 0, url: 'http://h/a.gif', ...item }, target, space);
}
