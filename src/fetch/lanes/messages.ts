/** What goes between a run and the threads that fetch for it: batches, in both directions. */
import type { FetchRequest, ResponseHead, Timings } from '../../model/response.ts';
import type { ErrorRecord } from './error-record.ts';

/** Requests are called by numbers, which the run gives them. */
type Id = number;

/** What the run asks of a lane. */
export type Order =
  | readonly ['get', Id, FetchRequest]
  /** Nobody waits for it any more. */
  | readonly ['abort', Id]
  /** The disk is behind: no more of this body until `resume`. */
  | readonly ['pause', Id]
  | readonly ['resume', Id]
  /** Of the bytes it has sent so many were taken. */
  | readonly ['taken', number]
  | readonly ['end'];

/** What a lane tells of its requests. */
export type News =
  | readonly ['head', Id, ResponseHead]
  /** The next so many of the batch's bytes are of this body. */
  | readonly ['data', Id, number]
  | readonly ['end', Id, bytes: number, Timings]
  | readonly ['failed', Id, ErrorRecord];

/** News in the order in which they happened, and the bytes that they speak of, one behind the other. */
export interface Report {
  readonly news: readonly News[];
  readonly bodies: ArrayBuffer;
}
