import { printable } from '../../src/model/safe-text.ts';
import { formatCount, formatTime } from '../../src/report/amounts.ts';
import type { FleetState, ShownOrigin } from '../../src/report/page/page-data.ts';
import { type Column, LineTable } from './line-table.tsx';

type Props = { readonly state: Pick<FleetState, 'origins' | 'otherOrigins'> };

const COLUMNS: [Column<ShownOrigin>, ...Column<ShownOrigin>[]] = [
  { heading: 'Host', cell: ({ origin }) => printable(origin) },
  { heading: 'Workers', class: 'number', cell: ({ workers }) => formatCount(workers) },
  { heading: 'Requests allowed', class: 'number', cell: ({ allowed }) => formatCount(allowed) },
  {
    heading: 'State',
    cell: (origin) => (
      <span class={origin.downFor === undefined ? undefined : 'not-done'}>{stateOf(origin)}</span>
    ),
  },
];

/** The origins that workers have files of, and how they share them. */
export function FleetOrigins({ state: { origins, otherOrigins } }: Props) {
  return (
    <section id="origins" aria-labelledby="origins-title">
      <h2 id="origins-title">Hosts now</h2>
      {origins.length === 0 ? (
        <p class="none">No worker has files of any host at the moment.</p>
      ) : (
        <LineTable
          title="origins-title"
          columns={COLUMNS}
          items={origins}
          keyOf={({ origin }) => origin}
        />
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
