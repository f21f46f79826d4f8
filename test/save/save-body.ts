import type { Item } from '../../src/model/item.ts';
import type { ResponseHead } from '../../src/model/response.ts';
import type { SavedFile, Sink } from '../../src/save/sinks/sink.ts';

/** One row from beginning to end; what fails is discarded, as an engine does. */
export async function saveBody(
  sink: Sink,
  item: Partial<Item>,
  body: string | Uint8Array = 'GIF',
  head: Partial<ResponseHead> = {},
): Promise<SavedFile> {
  const draft = await sink.open({ index: 0, url: 'http://h/a.gif', ...item });
  try {
    draft.begin({ httpStatus: 200, url: 'http://h/a.gif', offset: 0, ...head });
    await draft.write(Buffer.from(body));
    return await draft.commit();
  } catch (error) {
    await draft.discard();
    throw error;
  }
}
