import { ourEntrant, peerEntrants } from '../openweb/entrants.ts';
import { ANSWERED_MIX } from '../openweb/mixes.ts';
import { raceGoals } from '../openweb/web-goals.ts';
import { PEER_NOTES, WEB_NOTES } from '../openweb/web-notes.ts';
import { raceThroughWeb } from '../openweb/web-race.ts';
import { flaghoist } from '../peers/flaghoist.ts';
import type { BenchCase } from './case.ts';

const LIMIT_SECONDS = 120;
const QUICK_LIMIT_SECONDS = 60;

/** Thousands of hosts, some of them dead, but every name answered. */
export const openweb3k: BenchCase = {
  name: 'openweb-3k',
  title: '3,000 hosts with two files each, every name answered',
  rows: 6_000,
  quickRows: 1_200,
  rounds: 3,
  async run(context) {
    const { rows, contenders, figures } = await raceThroughWeb(
      {
        entrants: [ourEntrant(ANSWERED_MIX), ...peerEntrants(ANSWERED_MIX)],
        perHost: context.isQuick ? 4 : 2,
        limitSeconds: context.isQuick ? QUICK_LIMIT_SECONDS : LIMIT_SECONDS,
      },
      context,
    );
    return {
      ...{ contenders, figures, ours: flaghoist.name },
      goals: raceGoals(contenders, rows),
      notes: [...WEB_NOTES, ...PEER_NOTES],
    };
  },
};
