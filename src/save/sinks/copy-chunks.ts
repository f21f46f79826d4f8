import type { Item } from '../../model/item.ts';
import type { Draft, DraftRange, Sink } from './sink.ts';

/**
 * A sink that copies each chunk before it hands it to `sink`. A run lends its chunks and fills the same
 * memory again, so a sink of the user's that collects them would end up with the same bytes many times.
 */
export function copyChunks(sink: Sink): Sink {
  return {
    open(item: Item): Draft | Promise<Draft> {
      const draft = sink.open(item);
      return draft instanceof Promise ? draft.then(copyingDraft) : copyingDraft(draft);
    },
  };
}

function copyingDraft(draft: Draft): Draft {
  return {
    get part() {
      return draft.part;
    },
    get bytes() {
      return draft.bytes;
    },
    begin: (head) => draft.begin(head),
    write: (chunk) => draft.write(Buffer.from(chunk)),
    restart: () => draft.restart(),
    commit: () => draft.commit(),
    discard: (options) => draft.discard(options),
    ...copyingRanges(draft),
  };
}

/** A draft without ranges stays without them: its file is then not asked for in segments. */
function copyingRanges(draft: Draft): Pick<Draft, 'range' | 'join'> {
  const range = draft.range?.bind(draft);
  const join = draft.join?.bind(draft);
  return range && join ? { range: (start) => copyingRange(range(start)), join } : {};
}

function copyingRange(range: DraftRange): DraftRange {
  return {
    write: (chunk) => range.write(Buffer.from(chunk)),
    finish: () => range.finish(),
  };
}
