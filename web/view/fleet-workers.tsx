import { printable } from '../../src/model/safe-text.ts';
import { formatBytes, formatCount } from '../../src/report/amounts.ts';
import type { FleetState, ShownWorker } from '../../src/report/page/page-data.ts';
import { formatDuration } from '../model/durations.ts';
import { percentText } from '../model/verdict.ts';

/** A worker that was not heard of for so long, in ms, may be dead: it says something each second. */
const SILENT = 3_000;

type Props = { readonly state: Pick<FleetState, 'workers' | 'otherWorkers'> };

/** The workers, and the shard that each has. */
export function FleetWorkers({ state: { workers, otherWorkers } }: Props) {
  return (
    <section id="workers" aria-labelledby="workers-title">
      <h2 id="workers-title">Workers</h2>
      {workers.length === 0 ? (
        <p class="none">No worker is there.</p>
      ) : (
        <div class="scroll-x">
          <table class="hosts" aria-labelledby="workers-title">
            <thead>
              <tr>
                <th scope="col">Worker</th>
                <th scope="col" class="number">
                  Shard
                </th>
                <th scope="col">of its files</th>
                <th scope="col" class="number wide">
                  In flight
                </th>
                <th scope="col" class="number wide">
                  Waiting
                </th>
                <th scope="col" class="number">
                  Done
                </th>
                <th scope="col" class="number">
                  Missing
                </th>
                <th scope="col" class="number wide">
                  Bytes
                </th>
              </tr>
            </thead>
            <tbody>
              {workers.map((worker) => (
                <Worker key={`${worker.name} ${worker.startedAt}`} worker={worker} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      {otherWorkers > 0 && <p class="note">and {formatCount(otherWorkers)} more</p>}
    </section>
  );
}

function Worker({ worker }: { readonly worker: ShownWorker }) {
  const { name, shard, rows, ended, inFlight, waiting, done, notDone, received, heardAgo } = worker;
  const share = rows === 0 ? 0 : Math.min(ended / rows, 1);
  return (
    <tr>
      <th scope="row">
        {printable(name)}
        {heardAgo > SILENT && <span class="silent"> silent for {formatDuration(heardAgo)}</span>}
      </th>
      <td class="number">{shard === undefined ? '–' : formatCount(shard)}</td>
      <td>
        {shard === undefined ? (
          'waits for a shard'
        ) : (
          <>
            <span class="meter" aria-hidden="true">
              <span data-phase="body" style={{ width: `${share * 100}%` }} />
            </span>
            <span class="share">{percentText(share)}</span>
          </>
        )}
      </td>
      <td class="number wide">{formatCount(inFlight)}</td>
      <td class="number wide">{formatCount(waiting)}</td>
      <td class="number">{formatCount(done)}</td>
      <td class="number">{formatCount(notDone)}</td>
      <td class="number wide">{formatBytes(received)}</td>
    </tr>
  );
}
