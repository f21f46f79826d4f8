import type { Item } from '../model/item.ts';

/** Where bodies go. Users may write their own. */
export interface Sink {
  /** A place for one item's body. Nothing is created yet. @throws when the item has no valid place */
  open(item: Item): Draft;
}

/** A body on its way in. It ends in exactly one of {@link commit} and {@link discard}. */
export interface Draft {
  /**
   * Takes the next piece of the body.
   * @returns a promise when the sender should pause until it is fulfilled, else undefined
   */
  write(chunk: Uint8Array): Promise<void> | undefined;
  /** The body is whole: makes it visible under its final name. @returns where it is */
  commit(): Promise<string>;
  /** There will be no whole body: leaves nothing behind. */
  discard(): Promise<void>;
}
