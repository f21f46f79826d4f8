import type { Item } from '../../src/model/item.ts';
import type { RowWaiting } from '../../src/model/request-in-flight.ts';

export function itemAt(index: number): Item {
  return { index, url: `http://a.example/dir/${index}.bin?key=secret` };
}

/** A request of the file at `index`, sent at 0 ms. */
export function request(index: number, received: number, length: number | undefined) {
  const item = itemAt(index);
  return { item, url: item.url, attempt: 1, sentAt: 0, offset: 0, received, length };
}

/** A row that waits for its second try of four. */
export function waiting(index: number, until: number, more: Partial<RowWaiting> = {}): RowWaiting {
  const item = itemAt(index);
  const why = { reason: 'http-503', httpStatus: 503, attempt: 2, tries: 4 } as const;
  return { item, url: item.url, ...why, until, received: 0, length: undefined, ...more };
}
