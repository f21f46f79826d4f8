/** One row of the input: what to download. */
export interface Item {
  /** Its place in the input, from 0. */
  readonly index: number;
  readonly url: string;
  /** The file name asked for; without one, the URL's own is used. */
  readonly name?: string | undefined;
}

/** What a caller may give for an {@link Item}: a URL, or a URL with the name to save it under. */
export type Row = string | URL | { readonly url: string | URL; readonly name?: string | undefined };

/** How an item is called in messages. */
export function labelOf(item: Item): string {
  return item.name ?? item.url;
}
