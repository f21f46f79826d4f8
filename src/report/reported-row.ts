import type { Outcome, Status } from '../model/outcome.ts';
import type { Timings } from '../model/response.ts';
import { safeLine } from '../model/safe-text.ts';
import { withoutCredentials } from '../model/without-credentials.ts';

/** What is told of a row, by an outcome or by the ledger: without secrets. */
export interface ReportedRow {
  /** Its place in the list, from 0. */
  readonly index: number;
  readonly url: string;
  readonly status: Status;
  readonly reason?: string | undefined;
  readonly path?: string | undefined;
  readonly bytes: number;
  readonly httpStatus?: number | undefined;
  readonly attempts: number;
  readonly name?: string | undefined;
  readonly finalUrl?: string | undefined;
  readonly digest?: string | undefined;
  readonly etag?: string | undefined;
  readonly lastModified?: string | undefined;
  readonly contentType?: string | undefined;
  /** Its origin was given up after the tries of other rows. */
  readonly originDown?: true | undefined;
  /** In ms. */
  readonly queued?: number | undefined;
  /** In ms since the epoch. */
  readonly startedAt?: number | undefined;
  /** In ms. */
  readonly elapsed?: number | undefined;
  readonly timings?: Timings | undefined;
  /** The failure in one printable line; of a file that is there, what was tolerated. */
  readonly message?: string | undefined;
}

/** An outcome as it is told of. */
export function reportedRow({ item, error, note, ...rest }: Outcome): ReportedRow {
  const message = error?.detail ?? note;
  return {
    ...rest,
    index: item.index,
    url: withoutCredentials(item.url),
    name: item.name,
    finalUrl: rest.finalUrl && withoutCredentials(rest.finalUrl),
    message: message === undefined ? undefined : safeLine(message),
  };
}
