import { errorCode } from '../../model/error-code.ts';
import { type Reason, type Reasoned, reasonOf } from '../../model/reason.ts';
import type { OriginTrouble } from '../../schedule/shared-limits.ts';

/** Failures before there was a connection: the fault may be this machine's, or its network's. */
const UNSURE: ReadonlySet<Reason> = new Set<Reason>([
  'connect',
  'timeout-connect',
  'proxy',
  'dns-timeout',
  'dns-failed',
]);

/**
 * Whether an origin has failed for all runs, as far as one can tell. A worker whose network is down must not
 * give up the origins of others: so a failure that may be its own counts only if another origin answered it
 * meanwhile. A host that refuses a connection has been reached.
 */
export function isForAll({ cause, since, answeredAt }: OriginTrouble): boolean {
  return !UNSURE.has(reasonOf(cause)) || answeredAt >= since || isRefused(cause);
}

function isRefused(error: unknown): boolean {
  if (error instanceof AggregateError && error.errors.length > 0) {
    return error.errors.every(isRefused);
  }
  return errorCode(error) === 'ECONNREFUSED';
}

/** What the last try of another run failed with: as much of it as that run told. */
export class ElsewhereError extends Error implements Reasoned {
  override readonly name = 'ElsewhereError';
  readonly reason: Reason;

  /** @param reason a stable word, perhaps of a newer version */
  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason as Reason;
  }
}
