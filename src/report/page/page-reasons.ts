import { isDone } from '../../model/outcome.ts';
import { safeLine } from '../../model/safe-text.ts';
import { withoutCredentials } from '../../model/without-credentials.ts';
import { adviceFor } from '../advice.ts';
import type { Finding } from '../findings.ts';
import type { PageReason } from './page-data.ts';

/** Ways to end, for the page: what is not done comes with advice. */
export function pageReasons(findings: readonly Finding[]): PageReason[] {
  return findings.map(({ status, reason, rows, bytes, example: { url, message } }) => ({
    status,
    reason: reason && safeLine(reason),
    rows,
    bytes,
    advice: isDone(status) || reason === undefined ? undefined : adviceFor(reason),
    example: { url: safeLine(withoutCredentials(url)), message: message && safeLine(message) },
  }));
}
