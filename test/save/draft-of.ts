import { basename, dirname } from 'node:path';
import type { Item } from '../../src/model/item.ts';
import { Directories } from '../../src/save/files/directories.ts';
import { FileDraft } from '../../src/save/files/file-draft.ts';
import { NamedFile } from '../../src/save/files/named-file.ts';
import { StagingArea } from '../../src/save/files/staging-area.ts';
import { ExistingFiles } from '../../src/save/names/existing-files.ts';
import { FinalName, FinalNames } from '../../src/save/names/final-names.ts';
import { NameRegistry } from '../../src/save/names/name-registry.ts';
import { compileTemplate } from '../../src/save/names/name-template.ts';
import { Savers } from '../../src/save/threads/savers.ts';

/** A draft of the file at `path`, which it may replace, as a sink makes it that keeps no parts. */
export function draftOf(
  path: string,
  { item, digest = false }: { item?: Partial<Item>; digest?: boolean } = {},
): FileDraft {
  const directory = dirname(path);
  const names = new FinalNames(directory, {
    template: compileTemplate(),
    useContentDisposition: false,
    registry: new NameRegistry(),
    existing: new ExistingFiles(directory, { rule: true }, true),
    directories: new Directories(directory),
  });
  const row: Item = { index: 0, url: 'http://h/a.gif', ...item };
  const wanted = basename(path);
  const name = new FinalName(names, row, { wanted, path: wanted, replaces: 'anything' });
  const staging = new StagingArea(directory, undefined, {
    digest,
    durable: false,
    fileTimes: true,
  });
  return new FileDraft(row, new NamedFile(name, staging, new Savers(staging.options)), staging);
}
