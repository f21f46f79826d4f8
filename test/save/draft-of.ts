import { dirname } from 'node:path';
import type { Item } from '../../src/model/item.ts';
import { FileDraft } from '../../src/save/files/file-draft.ts';
import { StagingArea } from '../../src/save/files/staging-area.ts';
import type { Target } from '../../src/save/names/target.ts';

/** A draft of the file at `path`, as a sink without a place for parts makes it. */
export function draftOf(
  path: string,
  { item, digest = false }: { item?: Partial<Item>; digest?: boolean } = {},
): FileDraft {
  const destination = { path, replaces: 'anything' } as const;
  const target: Target = {
    needsDigest: false,
    settle: () => destination,
    settleElsewhere: () => Promise.reject(new Error('whatever is there is replaced')),
    release() {},
  };
  const space = new StagingArea(dirname(path), undefined, {
    digest,
    durable: false,
    fileTimes: true,
  });
  return new FileDraft({ index: 0, url: 'http://h/a.gif', ...item }, target, space);
}
