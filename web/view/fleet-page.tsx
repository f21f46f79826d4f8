import { useEffect, useState } from 'preact/hooks';
import { formatBytes, formatCount, formatTime } from '../../src/report/amounts.ts';
import type { FleetState } from '../../src/report/page/page-data.ts';
import { listen, tokenOfPage } from '../live/connection.ts';
import { ENDINGS } from '../model/ending.ts';
import { liveTitle } from '../model/verdict.ts';
import { ConnectionBanner } from './connection-banner.tsx';
import { Reasons } from './failures.tsx';
import { Figure, rate } from './figures.tsx';
import { FleetOrigins } from './fleet-origins.tsx';
import { FleetWorkers } from './fleet-workers.tsx';
import { Masthead } from './masthead.tsx';
import { ShardsBar } from './shards-bar.tsx';
import { useTheme } from './theme.ts';
import { Totals } from './totals.tsx';

const LINKS = [
  ['totals', 'Totals'],
  ['shards', 'Shards'],
  ['workers', 'Workers'],
  ['origins', 'Hosts'],
  ['failures', 'Failures'],
] as const;

/** A plan and the workers that download it, as their database tells it. */
export function FleetPage() {
  const { state, isThere, heardAt } = useFleet();
  const theme = useTheme();
  const title = state === undefined ? 'flaghoist' : liveTitle({ ...state, now: undefined });
  useEffect(() => {
    document.title = title;
  }, [title]);
  const banner = <ConnectionBanner isThere={isThere} heardAt={heardAt} state={state} />;
  if (state === undefined) {
    return (
      <main class="empty">
        <h1>flaghoist</h1>
        {banner}
        {isThere && <p>Waiting for the database to say how far the plan is…</p>}
      </main>
    );
  }
  return (
    <>
      <Masthead kind="fleet" title={state.plan} theme={theme} links={LINKS}>
        <p class="ending" data-ending={state.ending}>
          {ENDINGS[state.ending]}, into {state.sink}
        </p>
      </Masthead>
      {banner}
      <main>
        <Totals state={state} />
        <FleetFigures state={state} />
        <ShardsBar shards={state.shards} />
        <FleetWorkers state={state} />
        <FleetOrigins state={state} />
        <section id="failures" aria-labelledby="failures-title">
          <h2 id="failures-title">What did not make it</h2>
          <Reasons state={state} />
        </section>
      </main>
      <footer>Made by flaghoist. Nothing on this page is loaded from elsewhere.</footer>
    </>
  );
}

function FleetFigures({ state }: { readonly state: FleetState }) {
  const { now, workers, otherWorkers, bytes } = state;
  const count = workers.length + otherWorkers;
  return (
    <dl class="figures">
      <Figure
        name="Workers"
        value={formatCount(count)}
        more={count === 0 ? 'flaghoist work starts one' : 'heard of in the last 10 s'}
      />
      <Figure
        name="Files a second"
        value={rate(now.rowsPerSecond)}
        more={now.remaining === undefined ? 'now' : `now; about ${formatTime(now.remaining)} left`}
      />
      <Figure
        name="Bytes"
        value={formatBytes(bytes)}
        more={`${formatBytes(now.bytesPerSecond)}/s now`}
      />
      <Figure
        name="Requests in flight"
        value={formatCount(now.inFlight)}
        more={`${formatCount(now.waiting)} files wait for another try`}
      />
      <Figure
        name="In hand"
        value={formatCount(now.inHand)}
        more="files of shards that are not complete"
      />
    </dl>
  );
}

function useFleet() {
  const [state, setState] = useState<FleetState | undefined>();
  const [isThere, setThere] = useState(true);
  const [heardAt, setHeardAt] = useState(() => Date.now());
  useEffect(
    () =>
      listen<FleetState>(`events?token=${encodeURIComponent(tokenOfPage())}`, {
        state: (next) => {
          setHeardAt(Date.now());
          setState(next);
        },
        connection: setThere,
      }),
    [],
  );
  return { state, isThere, heardAt };
}
