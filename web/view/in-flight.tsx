import { printable } from '../../src/model/safe-text.ts';
import { formatBytes, formatCount, formatTime } from '../../src/report/amounts.ts';
import type { RunNow, ShownRequest, ShownWait } from '../../src/report/page/page-data.ts';
import { formatDuration } from '../model/durations.ts';
import { percentText } from '../model/verdict.ts';
import { UrlText } from './url-text.tsx';

/** What goes on now: the requests that have been under way for longest, and the rows that wait. */
export function InFlight({ now }: { readonly now: RunNow }) {
  const { requests, inFlight, waiting, waits } = now;
  return (
    <section id="in-flight" aria-labelledby="in-flight-title">
      <h2 id="in-flight-title">In flight</h2>
      {requests.length === 0 ? (
        <p class="none">Nothing is in flight.</p>
      ) : (
        <ol class="in-flight">
          {requests.map((request, i) => (
            // Requests have no names of their own, and the same URL may be asked for twice.
            <Request key={i} request={request} />
          ))}
        </ol>
      )}
      <More shown={requests.length} all={inFlight} what="in flight" />
      {waiting.length > 0 && (
        <>
          <h3 id="waiting-title">Waiting for another try</h3>
          <ol class="waiting" aria-labelledby="waiting-title">
            {waiting.map((wait, i) => (
              <Wait key={i} wait={wait} />
            ))}
          </ol>
          <More shown={waiting.length} all={waits} what="waiting" />
        </>
      )}
    </section>
  );
}

function Request({ request }: { readonly request: ShownRequest }) {
  const { url, attempt, age, bytes, length, speed } = request;
  const share = length === undefined || length === 0 ? undefined : Math.min(bytes / length, 1);
  const left = length === undefined || speed <= 0 ? undefined : ((length - bytes) / speed) * 1000;
  return (
    <li>
      <code title={printable(url)}>
        <UrlText url={url} />
      </code>
      <span class={share === undefined ? undefined : 'meter'} aria-hidden="true">
        {share !== undefined && <span data-phase="body" style={{ width: `${share * 100}%` }} />}
      </span>
      <span class="percent">{share === undefined ? '' : percentText(share)}</span>
      <span class="amount">
        {bytes === 0 ? 'no byte yet' : formatBytes(bytes)}
        {length !== undefined && bytes > 0 && ` of ${formatBytes(length)}`}
        {speed > 0 && `, ${formatBytes(speed)}/s`}
        {left !== undefined && left > 0 && `, ${formatTime(left)} left`}
      </span>
      <span class="age">
        {formatDuration(age)}
        {attempt > 1 && `, try ${formatCount(attempt)}`}
      </span>
    </li>
  );
}

function Wait({ wait }: { readonly wait: ShownWait }) {
  return (
    <li>
      <span class="why">{wait.text}</span>
      <code title={printable(wait.url)}>
        <UrlText url={wait.url} />
      </code>
    </li>
  );
}

function More({ shown, all, what }: { shown: number; all: number; what: string }) {
  if (all <= shown) return null;
  return (
    <p class="note">
      and {formatCount(all - shown)} more {what}
    </p>
  );
}
