import type { ResponseHead } from '../model/response.ts';

/** Some bytes of a file: from `start` up to, not including, `end`. */
export interface Segment {
  readonly start: number;
  readonly end: number;
}

/** A shorter one is not worth a request of its own. */
export const SHORTEST_SEGMENT = 1024 * 1024;

/**
 * What is got beyond a gap is lost when a run is killed: with longer ones that would be more than a
 * slow line brings in a minute. The time between two requests is not felt yet.
 */
export const LONGEST_SEGMENT = 64 * 1024 * 1024;

/** Segments for each connection: the slowest one is waited for by the others for a part of its share. */
const EACH = 4;

/**
 * Which bytes of a file are to be got by whom, while several connections are at it. The response
 * that began it reads on from segment to segment as long as they are nobody's; the others are given
 * the first one that is. From the front, so that few bytes lie beyond a gap.
 */
export class SegmentPlan {
  /** Those that are nobody's, in order. */
  readonly #free: Segment[] = [];
  /** Of the whole file, in bytes. */
  readonly length: number;

  /**
   * @param from where the response begins, in bytes: it has the first segment
   * @param connections how many there may be at a time
   */
  constructor(from: number, length: number, connections: number) {
    this.length = length;
    const share = Math.ceil((length - from) / (connections * EACH));
    const size = Math.min(Math.max(share, SHORTEST_SEGMENT), LONGEST_SEGMENT);
    for (let start = from; start < length; ) {
      // No crumb at the end.
      const end = length - start < size + SHORTEST_SEGMENT ? length : start + size;
      this.#free.push({ start, end });
      start = end;
    }
  }

  /** Whether there is a segment that is nobody's. */
  get hasFree(): boolean {
    return this.#free.length > 0;
  }

  /** The first segment that is nobody's; from now on it is the caller's. */
  take(): Segment | undefined {
    return this.#free.shift();
  }

  /**
   * A response has come to `position` and reads on, if the segment there is nobody's.
   * @returns how far it may read; `position` itself when it is to end there
   */
  readOn(position: number): number {
    const [next] = this.#free;
    if (next?.start !== position) return position;
    this.#free.shift();
    return next.end;
  }

  /** What is left of a segment that has not come whole, if anything: it is nobody's again. */
  giveBack(rest: Segment): void {
    if (rest.start === rest.end) return;
    const after = this.#free.findIndex(({ start }) => start > rest.start);
    this.#free.splice(after < 0 ? this.#free.length : after, 0, rest);
  }
}

/**
 * The plan for a file of which this response has just begun.
 * @param connections how many there may be at a time
 * @returns undefined when it comes over one: it is too short, or its server has not said that it
 *   sends ranges of it, and of what version they would be
 */
export function planFor(head: ResponseHead, connections: number): SegmentPlan | undefined {
  const { length, offset } = head;
  if (length === undefined || length - offset < 2 * SHORTEST_SEGMENT) return undefined;
  if (!head.acceptsRanges || !isPinned(head)) return undefined;
  return new SegmentPlan(offset, length, connections);
}

/**
 * Whether ranges can be asked for with `If-Range`. A date does only for servers that know no ETags: a
 * weak one says that bytes may differ.
 */
function isPinned({ etag, lastModified }: ResponseHead): boolean {
  if (etag === undefined) return lastModified !== undefined;
  return /^"[^"]*"$/.test(etag);
}
