import { useEffect, useState } from 'preact/hooks';
import type { RunState } from '../../src/report/page/page-data.ts';
import { ENDINGS } from '../model/ending.ts';

interface Props {
  readonly isThere: boolean;
  /** When something came last, in ms since the epoch. */
  readonly heardAt: number;
  readonly ending: RunState['ending'];
}

/** A run says something every second: after so long without, in ms, something is wrong. */
const SILENT = 6_000;

/** Says whether the page is up to date. It is read aloud when that changes. */
export function ConnectionBanner({ isThere, heardAt, ending }: Props) {
  const isRunning = ending === 'running';
  const isSilent = useSilence(heardAt, isRunning);
  const kind = !isRunning ? 'over' : !isThere ? 'lost' : isSilent ? 'silent' : 'live';
  const at = new Date(heardAt).toLocaleTimeString();
  return (
    <output class="connection" data-connection={kind}>
      {kind === 'over' && `The run is over: ${ENDINGS[ending]}. This page stays as it is.`}
      {kind === 'lost' &&
        `The connection to the run is lost. What is to be seen is of ${at}; trying again…`}
      {kind === 'silent' && `The run has said nothing since ${at}: it may be held.`}
      {kind === 'live' && <span class="unseen">Live.</span>}
    </output>
  );
}

function useSilence(heardAt: number, isRunning: boolean): boolean {
  const [isSilent, setSilent] = useState(false);
  useEffect(() => {
    setSilent(false);
    if (!isRunning) return;
    const timer = setTimeout(() => setSilent(true), SILENT);
    return () => clearTimeout(timer);
  }, [heardAt, isRunning]);
  return isSilent;
}
