import { printable } from '../../src/model/safe-text.ts';
import { formatCount } from '../../src/report/amounts.ts';
import type { RequestInFlight } from '../../src/report/page/page-data.ts';
import { formatDuration } from '../model/durations.ts';

/** The requests that have waited longest. */
export function InFlight({ requests }: { readonly requests: readonly RequestInFlight[] }) {
  const longest = Math.max(1, ...requests.map(({ age }) => age));
  return (
    <section id="in-flight" aria-labelledby="in-flight-title">
      <h2 id="in-flight-title">In flight for longest</h2>
      {requests.length === 0 ? (
        <p class="none">Nothing is in flight.</p>
      ) : (
        <ol class="in-flight">
          {requests.map(({ url, attempt, age }, i) => (
            // Requests have no names of their own, and the same URL may be asked for twice.
            <li key={i}>
              <span class="value">{formatDuration(age)}</span>
              <span class="meter" aria-hidden="true">
                <span data-phase="wait" style={{ width: `${(age / longest) * 100}%` }} />
              </span>
              <code>{printable(url)}</code>
              {attempt > 1 && <span class="attempt">try {formatCount(attempt)}</span>}
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
