import { printable } from '../../src/model/safe-text.ts';
import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import type { FleetState, ShownWorker } from '../../src/report/page/page-data.ts';
import { formatDuration } from '../model/durations.ts';
import { percentText } from '../model/verdict.ts';
import { type Column, LineTable } from './line-table.tsx';

/** A worker that was not heard of for so long, in ms, may be dead: it says something each second. */
const SILENT = 3_000;

type Props = { readonly state: Pick<FleetState, 'workers' | 'otherWorkers'> };

const COLUMNS: [Column<ShownWorker>, ...Column<ShownWorker>[]] = [
  { heading: 'Worker', cell: (worker) => <WorkerName {...worker} /> },
  {
    heading: 'Shard',
    class: 'number',
    cell: ({ shard }) => (shard === undefined ? '–' : formatCount(shard)),
  },
  { heading: 'of its files', cell: (worker) => <ShardProgress {...worker} /> },
  { heading: 'In flight', class: 'number wide', cell: ({ inFlight }) => formatCount(inFlight) },
  { heading: 'Waiting', class: 'number wide', cell: ({ waiting }) => formatCount(waiting) },
  { heading: 'Done', class: 'number', cell: ({ done }) => formatCount(done) },
  { heading: 'Missing', class: 'number', cell: ({ notDone }) => formatCount(notDone) },
  { heading: 'Bytes', class: 'number wide', cell: ({ received }) => formatBytes(received) },
];

/** The workers, and the shard that each has. */
export function FleetWorkers({ state: { workers, otherWorkers } }: Props) {
  return (
    <section id="workers" aria-labelledby="workers-title">
      <h2 id="workers-title">Workers</h2>
      {workers.length === 0 ? (
        <p class="none">No worker is there.</p>
      ) : (
        <LineTable
          title="workers-title"
          columns={COLUMNS}
          items={workers}
          keyOf={({ name, startedAt }) => `${name} ${startedAt}`}
        />
      )}
      {otherWorkers > 0 && <p class="note">and {formatCount(otherWorkers)} more</p>}
    </section>
  );
}

function WorkerName({ name, heardAgo }: Pick<ShownWorker, 'name' | 'heardAgo'>) {
  return (
    <>
      {printable(name)}
      {heardAgo > SILENT && <span class="silent"> silent for {formatDuration(heardAgo)}</span>}
    </>
  );
}

function ShardProgress({ shard, rows, ended }: Pick<ShownWorker, 'shard' | 'rows' | 'ended'>) {
  if (shard === undefined) return <>waits for a shard</>;
  const share = rows === 0 ? 0 : Math.min(ended / rows, 1);
  return (
    <>
      <span class="meter" aria-hidden="true">
        <span data-phase="body" style={{ width: `${share * 100}%` }} />
      </span>
      <span class="share">{percentText(share)}</span>
    </>
  );
}
