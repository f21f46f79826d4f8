/**
 * What can go wrong with one row. Whatever it was, the row ends in one DownloadError, which names
 * the row and keeps the original as its `cause`:
 *
 *     DownloadError            this row did not make it
 *     └─ cause
 *        ├── HttpStatusError   the server answered, but not with the file
 *        ├── TruncatedError    the body is not as long as the server said
 *        ├── NameCollisionError another row of this run has that file name
 *        └── any other         of undici, of Node: its network, its file system
 */
import { type Item, labelOf } from './item.ts';
import { type Reason, type Reasoned, reasonOf } from './reason.ts';

/** One row's failure. */
export class DownloadError extends Error implements Reasoned {
  override readonly name = 'DownloadError';
  readonly item: Item;
  readonly reason: Reason;
  declare readonly cause: unknown;

  constructor(item: Item, cause: unknown) {
    super(`${labelOf(item)}: ${messageOf(cause)}`, { cause });
    this.item = item;
    this.reason = reasonOf(cause);
  }

  /** What to show next to the item's name: the cause's own words. */
  get detail(): string {
    return messageOf(this.cause);
  }
}

/** The server answered with a status that has no file in it. */
export class HttpStatusError extends Error implements Reasoned {
  override readonly name = 'HttpStatusError';
  readonly status: number;

  constructor(status: number, statusText = '') {
    super(`${status} ${statusText}`.trimEnd());
    this.status = status;
  }

  get reason(): Reason {
    return `http-${this.status}`;
  }
}

/** The body is not as long as the server announced, or its connection ended in the middle of it. */
export class TruncatedError extends Error implements Reasoned {
  override readonly name = 'TruncatedError';
  readonly reason = 'truncated';

  /** @param announced bytes, or NaN when the server did not say */
  constructor(announced: number, received: number, cause?: Error) {
    const whole = Number.isNaN(announced) ? 'the whole body' : `${announced} bytes`;
    super(`the body has the wrong length: ${received} bytes came of ${whole}`, { cause });
  }
}

/** Another row of this run is saved under the same name. */
export class NameCollisionError extends Error implements Reasoned {
  override readonly name = 'NameCollisionError';
  readonly reason = 'name-collision';

  constructor(path: string) {
    super(`another row is saved as ${path}; give one of them a name of its own`);
  }
}

/** An error's message, or its class name where it has none. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message !== '') return error.message;
  // What Node throws when each address of a host refused: the words are in its parts.
  if (error instanceof AggregateError && error.errors.length > 0) {
    return [...new Set(error.errors.map(messageOf))].join(', ');
  }
  return error.constructor.name;
}
