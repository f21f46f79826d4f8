import type { Item } from '../../model/item.ts';
import type { Draft, DraftStretch, Sink } from '../sinks/sink.ts';

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
    ...stretchesOf(draft),
  };
}

/** Absent where the draft has none: then its file is not asked for in segments. */
function stretchesOf(draft: Draft): Partial<Pick<Draft, 'stretch' | 'join'>> {
  if (draft.stretch === undefined || draft.join === undefined) return {};
  return {
    stretch: (start) => copyingToStretch((draft as Required<Draft>).stretch(start)),
    join: () => (draft as Required<Draft>).join(),
  };
}

function copyingToStretch(stretch: DraftStretch): DraftStretch {
  return {
    write: (chunk) => stretch.write(Buffer.from(chunk)),
    finish: () => stretch.finish(),
  };
}
