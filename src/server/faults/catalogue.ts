import { badStatusLine } from './behaviours/bad-status-line.ts';
import { breakOff } from './behaviours/break-off.ts';
import { changingEtag } from './behaviours/changing-etag.ts';
import { contentDisposition } from './behaviours/content-disposition.ts';
import { drip } from './behaviours/drip.ts';
import { empty } from './behaviours/empty.ts';
import { error } from './behaviours/error.ts';
import { extraResponse } from './behaviours/extra-response.ts';
import { gzipBomb } from './behaviours/gzip-bomb.ts';
import { http09 } from './behaviours/http-09.ts';
import { ignoreRange } from './behaviours/ignore-range.ts';
import { interim } from './behaviours/interim.ts';
import { longHeader } from './behaviours/long-header.ts';
import { manyHeaders } from './behaviours/many-headers.ts';
import { nobodyListens } from './behaviours/nobody-listens.ts';
import { oddEncoding } from './behaviours/odd-encoding.ts';
import { oddHead } from './behaviours/odd-head.ts';
import { overlongRange } from './behaviours/overlong-range.ts';
import { page } from './behaviours/page.ts';
import { reasonPhrase } from './behaviours/reason-phrase.ts';
import { redirectChain } from './behaviours/redirect-chain.ts';
import { redirectFile } from './behaviours/redirect-file.ts';
import { redirectLoop } from './behaviours/redirect-loop.ts';
import { redirectOrigin } from './behaviours/redirect-origin.ts';
import { redirectPrivate } from './behaviours/redirect-private.ts';
import { refuseIfRange } from './behaviours/refuse-if-range.ts';
import { refuseRange } from './behaviours/refuse-range.ts';
import { reset } from './behaviours/reset.ts';
import { resetConnection } from './behaviours/reset-connection.ts';
import { retryAfter } from './behaviours/retry-after.ts';
import { shortRange } from './behaviours/short-range.ts';
import { sliceAsWhole } from './behaviours/slice-as-whole.ts';
import { staleConnection } from './behaviours/stale-connection.ts';
import { stall } from './behaviours/stall.ts';
import { tlsExpired } from './behaviours/tls-expired.ts';
import { tlsSelfSigned } from './behaviours/tls-self-signed.ts';
import { tlsWrongHost } from './behaviours/tls-wrong-host.ts';
import { tooLong } from './behaviours/too-long.ts';
import { trailingGarbage } from './behaviours/trailing-garbage.ts';
import { truncate } from './behaviours/truncate.ts';
import { unresolvable } from './behaviours/unresolvable.ts';
import { wrongDigest } from './behaviours/wrong-digest.ts';
import { wrongEncoding } from './behaviours/wrong-encoding.ts';
import { wrongRange } from './behaviours/wrong-range.ts';
import type { Fault } from './fault.ts';

/**
 * All faults, in the order in which `flaghoist serve --faults` lists them.
 * @example
 * ```ts
 * for (const { name, summary } of FAULTS) console.log(name, summary);
 * ```
 */
export const FAULTS: readonly Fault[] = [
  truncate,
  breakOff,
  empty,
  tooLong,
  stall,
  drip,
  interim,
  resetConnection,
  reset,
  staleConnection,
  error,
  retryAfter,
  redirectChain,
  redirectLoop,
  redirectOrigin,
  redirectFile,
  redirectPrivate,
  ignoreRange,
  wrongRange,
  sliceAsWhole,
  shortRange,
  refuseRange,
  overlongRange,
  changingEtag,
  refuseIfRange,
  page,
  wrongDigest,
  wrongEncoding,
  oddEncoding,
  gzipBomb,
  longHeader,
  manyHeaders,
  badStatusLine,
  oddHead,
  http09,
  trailingGarbage,
  extraResponse,
  contentDisposition,
  reasonPhrase,
  tlsExpired,
  tlsSelfSigned,
  tlsWrongHost,
  unresolvable,
  nobodyListens,
];
