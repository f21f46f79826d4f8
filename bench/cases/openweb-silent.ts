import { ourEntrant, peerEntrants } from '../openweb/entrants.ts';
import { ANSWERED_MIX, USUAL_MIX } from '../openweb/mixes.ts';
import { nearlyAllGoal, raceGoals, wholeRunGoal } from '../openweb/web-goals.ts';
import { PEER_NOTES, WEB_NOTES } from '../openweb/web-notes.ts';
import { raceThroughWeb } from '../openweb/web-race.ts';
import { flaghoist } from '../peers/flaghoist.ts';
import type { BenchCase } from './case.ts';

const LIMIT_SECONDS = 180;
const QUICK_LIMIT_SECONDS = 60;

/** flaghoist without silent names, in the same rounds, to show what those cost. */
const WITHOUT = `${flaghoist.name}, every name answered`;

/** Thousands of hosts, some of them dead, and names that are never answered. */
export const openwebSilent: BenchCase = {
  name: 'openweb-silent',
  title: '3,000 hosts with two files each, one name in 50 silent',
  rows: 6_000,
  quickRows: 1_200,
  rounds: 3,
  async run(context) {
    const { rows, contenders, figures } = await raceThroughWeb(
      {
        entrants: [
          ourEntrant(USUAL_MIX),
          ...peerEntrants(USUAL_MIX),
          ourEntrant(ANSWERED_MIX, WITHOUT),
        ],
        perHost: context.isQuick ? 4 : 2,
        limitSeconds: context.isQuick ? QUICK_LIMIT_SECONDS : LIMIT_SECONDS,
      },
      context,
    );
    return {
      ...{ contenders, figures, ours: flaghoist.name },
      goals: [
        ...raceGoals(contenders, rows),
        nearlyAllGoal(contenders, WITHOUT, 1.1),
        wholeRunGoal(contenders, 0.7),
      ],
      notes: [...WEB_NOTES, ...PEER_NOTES],
    };
  },
};
