import { HttpStatusError } from '../../src/model/failure.ts';
import { reportOfFailure } from '../../src/model/request-report.ts';
import type { AdmissionQueue } from '../../src/schedule/admission-queue.ts';
import type { Addressed } from '../../src/schedule/origin-queue.ts';
import type { Permit } from '../../src/schedule/permit.ts';

/** How a request ends whose origin asks to be left alone for `ms`. */
export function askedToWait(ms: number) {
  return reportOfFailure(new HttpStatusError(503, 'later', ms), 1);
}

/** Lets `origin` ask to be left alone for `ms`, by the answer to a request that is made for it. */
export function holdBack(
  queue: Pick<AdmissionQueue<Addressed>, 'tryAdmit'>,
  origin: string,
  ms: number,
  permit: Permit | undefined = queue.tryAdmit(origin),
): void {
  if (permit === undefined) throw new Error(`no request to ${origin} may be made`);
  permit.release(askedToWait(ms));
}
