import type { Item } from '../../src/model/item.ts';
import type { Draft, SavedFile, Sink } from '../../src/save/sinks/sink.ts';

/** A sink that finishes saving a file when the test releases it. */
export class HeldSink implements Sink {
  readonly drafts: HeldDraft[] = [];
  /** Whether to hold an item. Others are saved at once. */
  readonly #holds: (item: Item) => boolean;

  constructor(holds: (item: Item) => boolean = () => true) {
    this.#holds = holds;
  }

  /** The drafts with complete bodies that wait for {@link HeldDraft.release}. */
  get saving(): HeldDraft[] {
    return this.drafts.filter(({ state }) => state === 'saving');
  }

  open(item: Item): HeldDraft {
    const draft = new HeldDraft(item);
    if (!this.#holds(item)) draft.release();
    this.drafts.push(draft);
    return draft;
  }
}

export class HeldDraft implements Draft {
  readonly item: Item;
  readonly part = undefined;
  readonly #released = Promise.withResolvers<void>();
  state: 'open' | 'saving' | 'saved' | 'discarded' = 'open';

  constructor(item: Item) {
    this.item = item;
  }

  release(): void {
    this.#released.resolve();
  }

  begin(): void {}

  write(): undefined {}

  async restart(): Promise<void> {}

  async commit(): Promise<SavedFile> {
    this.state = 'saving';
    await this.#released.promise;
    this.state = 'saved';
    return { path: `held/${this.item.index}`, bytes: 0 };
  }

  async discard(): Promise<void> {
    this.state = 'discarded';
  }
}
