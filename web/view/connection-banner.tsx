import { useEffect, useState } from 'preact/hooks';
import { ENDINGS } from '../model/ending.ts';
import { type Judged, verdictText } from '../model/verdict.ts';

interface Props {
  readonly isThere: boolean;
  /** When something came last, in ms since the epoch. */
  readonly heardAt: number;
  /** Undefined while the run has not said how far it is. */
  readonly state: Judged | undefined;
}

/** A run says something every second: after so long without, in ms, something is wrong. */
const SILENT = 6_000;

/** Says whether the page is up to date. It is read aloud when that changes. */
export function ConnectionBanner({ isThere, heardAt, state }: Props) {
  const ending = state?.ending ?? 'running';
  const isRunning = ending === 'running';
  const isSilent = useSilence(heardAt, isRunning);
  const kind = !isRunning ? 'over' : !isThere ? 'lost' : isSilent ? 'silent' : 'live';
  const at = new Date(heardAt).toLocaleTimeString();
  return (
    <output class="connection" data-connection={kind}>
      {kind === 'over' && state !== undefined && `${endText(state)}. This page stays as it is.`}
      {kind === 'lost' &&
        `The connection to the run is lost. What is to be seen is of ${at}; trying again…`}
      {kind === 'silent' && `The run has said nothing since ${at}: it may be held.`}
      {kind === 'live' && <span class="unseen">Live.</span>}
    </output>
  );
}

/** How the run ended: `The run is over: all 900 files are there`. */
function endText(state: Judged): string {
  const how =
    state.ending === 'complete' ? 'The run is over' : `The run was ${ENDINGS[state.ending]}`;
  return `${how}: ${verdictText(state).replace(/^[A-Z]/, (letter) => letter.toLowerCase())}`;
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
