import { printable } from '../../src/model/safe-text.ts';
import { formatCount, formatTime } from '../../src/report/amounts.ts';
import type { FleetState, ShownOrigin } from '../../src/report/page/page-data.ts';

type Props = { readonly state: Pick<FleetState, 'origins' | 'otherOrigins'> };

/** The origins that workers have files of, and how they share them. */
export function FleetOrigins({ state: { origins, otherOrigins } }: Props) {
  return (
    <section id="origins" aria-labelledby="origins-title">
      <h2 id="origins-title">Hosts now</h2>
      {origins.length === 0 ? (
        <p class="none">No worker has files of any host at the moment.</p>
      ) : (
        <div class="scroll-x">
          <table class="hosts" aria-labelledby="origins-title">
            <thead>
              <tr>
                <th scope="col">Host</th>
                <th scope="col" class="number">
                  Workers
                </th>
                <th scope="col" class="number">
                  Requests allowed
                </th>
                <th scope="col">State</th>
              </tr>
            </thead>
            <tbody>
              {origins.map((origin) => (
                <tr key={origin.origin}>
                  <th scope="row">{printable(origin.origin)}</th>
                  <td class="number">{formatCount(origin.workers)}</td>
                  <td class="number">{formatCount(origin.allowed)}</td>
                  <td class={origin.downFor === undefined ? undefined : 'not-done'}>
                    {stateOf(origin)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {otherOrigins > 0 && (
        <p class="note">and {otherOrigins >= 900 ? 'many' : formatCount(otherOrigins)} more</p>
      )}
    </section>
  );
}

function stateOf({ heldFor, isProbed, downFor, why }: ShownOrigin): string {
  if (downFor !== undefined) {
    return `given up for ${formatTime(downFor)}${why ? `: ${printable(why)}` : ''}`;
  }
  if (heldFor === undefined) return 'serves';
  return isProbed ? 'does not serve: one worker probes it' : `asks to wait ${formatTime(heldFor)}`;
}
