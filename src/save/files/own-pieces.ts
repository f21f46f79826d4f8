import type { Item } from '../../model/item.ts';
import type { Draft, DraftRange, Sink } from '../sinks/sink.ts';

/**
 * `sink`, given pieces that it may keep: those that a run has are lent, and a sink that somebody wrote
 * to collect them would have the same bytes over and over.
 */
export function withOwnPieces(sink: Sink): Sink {
  return {
    open(item: Item): Draft | Promise<Draft> {
      const draft = sink.open(item);
      return draft instanceof Promise ? draft.then(copyingTo) : copyingTo(draft);
    },
  };
}

function copyingTo(draft: Draft): Draft {
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
    ...rangesOf(draft),
  };
}

/** Absent where the draft has none: then its file is not asked for in segments. */
function rangesOf(draft: Draft): Partial<Pick<Draft, 'range' | 'join'>> {
  if (draft.range === undefined || draft.join === undefined) return {};
  return {
    range: (start) => copyingToRange((draft as Required<Draft>).range(start)),
    join: () => (draft as Required<Draft>).join(),
  };
}

function copyingToRange(range: DraftRange): DraftRange {
  return {
    write: (chunk) => range.write(Buffer.from(chunk)),
    finish: () => range.finish(),
  };
}
