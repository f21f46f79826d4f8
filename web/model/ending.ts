import type { RunState } from '../../src/report/page/page-data.ts';

/** How a run ended, in a few words. Whether all files are there is another question. */
export const ENDINGS: Readonly<Record<RunState['ending'], string>> = {
  running: 'under way',
  complete: 'finished',
  stopped: 'stopped by its own rules',
  interrupted: 'interrupted',
  broken: 'broken off by an error',
  killed: 'killed before it could record its end',
};
