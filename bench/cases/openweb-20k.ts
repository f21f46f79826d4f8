import { ourEntrant, peerEntrants } from '../openweb/entrants.ts';
import { ANSWERED_MIX } from '../openweb/mixes.ts';
import { accountedGoal, nearlyAllGoal } from '../openweb/web-goals.ts';
import { WEB_NOTES } from '../openweb/web-notes.ts';
import { raceThroughWeb } from '../openweb/web-race.ts';
import { aria2 } from '../peers/aria2.ts';
import { flaghoist } from '../peers/flaghoist.ts';
import type { BenchCase } from './case.ts';

/** The default limit of many systems. */
const OPEN_FILES = 1024;

const LIMIT_SECONDS = 240;
const QUICK_LIMIT_SECONDS = 60;

/** Many more hosts than open files are permitted, so that not all connections can be kept. */
export const openweb20k: BenchCase = {
  name: 'openweb-20k',
  title: '20,000 hosts with a file each, 1,024 files open at most',
  rows: 20_000,
  quickRows: 2_000,
  rounds: 2,
  async run(context) {
    const { rows, contenders, figures } = await raceThroughWeb(
      {
        entrants: [ourEntrant(ANSWERED_MIX), ...peerEntrants(ANSWERED_MIX, [aria2])],
        perHost: 1,
        limitSeconds: context.isQuick ? QUICK_LIMIT_SECONDS : LIMIT_SECONDS,
        openFiles: OPEN_FILES,
      },
      context,
    );
    return {
      ...{ contenders, figures, ours: flaghoist.name },
      goals: [nearlyAllGoal(contenders, aria2.name, 1.2), accountedGoal(contenders, rows)],
      notes: [
        ...WEB_NOTES,
        'A run of flaghoist counts only with every good file: one row lost to open files, and it does not.',
      ],
    };
  },
};
