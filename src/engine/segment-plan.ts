import type { ResponseHead } from '../model/response.ts';

/** A range of a file, in bytes: from `start` up to, not including, `end`. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** A shorter segment is not worth a request. */
export const SHORTEST_SEGMENT = 1024 * 1024;

/**
 * When a run is killed, what has come beyond a gap is lost. With longer segments, that would be more
 * than a slow line brings in a minute; with these, the time between two requests does not show yet.
 */
export const LONGEST_SEGMENT = 64 * 1024 * 1024;

/** Segments for each connection, so that the others wait for only a part of the slowest one's share. */
const EACH = 4;

/**
 * Which connection gets which bytes of a file. The first response reads on from segment to segment as
 * long as they are free; other connections take the first free segment. From front to back, so that few
 * bytes lie beyond a gap.
 */
export class SegmentPlan {
  /** The free segments, in order. */
  readonly #free: Segment[] = [];
  /** The length of the whole file, in bytes. */
  readonly length: number;

  /**
   * @param from where the first response begins, in bytes
   * @param connections the most connections at a time
   */
  constructor(from: number, length: number, connections: number) {
    this.length = length;
    const share = Math.ceil((length - from) / (connections * EACH));
    const size = Math.min(Math.max(share, SHORTEST_SEGMENT), LONGEST_SEGMENT);
    for (let start = from; start < length; ) {
      // The last segment is not a short one.
      const end = length - start < size + SHORTEST_SEGMENT ? length : start + size;
      this.#free.push({ start, end });
      start = end;
    }
  }

  /** Whether a segment is free. */
  get hasFree(): boolean {
    return this.#free.length > 0;
  }

  /** Takes the first free segment. */
  take(): Segment | undefined {
    return this.#free.shift();
  }

  /**
   * Takes the segment at `position`, if it is free: a response has come so far and reads on.
   * @returns how far it may read; `position` itself if the segment is not free
   */
  readOn(position: number): number {
    const [next] = this.#free;
    if (next?.start !== position) return position;
    this.#free.shift();
    return next.end;
  }

  /** Makes the rest of a segment free that has not come whole. Does nothing for an empty rest. */
  giveBack(rest: Segment): void {
    if (rest.start === rest.end) return;
    const after = this.#free.findIndex(({ start }) => start > rest.start);
    this.#free.splice(after < 0 ? this.#free.length : after, 0, rest);
  }
}

/**
 * Makes the plan for a file whose first response has just begun.
 * @param connections the most connections at a time
 * @returns undefined when one connection brings the file: it is too short, or the server has not said
 *   that it sends ranges, and of which version
 */
export function planFor(head: ResponseHead, connections: number): SegmentPlan | undefined {
  const { length, offset } = head;
  if (length === undefined || length - offset < 2 * SHORTEST_SEGMENT) return undefined;
  if (!head.acceptsRanges || !isPinned(head)) return undefined;
  return new SegmentPlan(offset, length, connections);
}

/**
 * Whether ranges can be requested with `If-Range`. A date will do only if there is no ETag: a weak ETag
 * says that bytes may differ.
 */
function isPinned({ etag, lastModified }: ResponseHead): boolean {
  if (etag === undefined) return lastModified !== undefined;
  return /^"[^"]*"$/.test(etag);
}
