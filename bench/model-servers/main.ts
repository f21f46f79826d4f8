// Compares `-m auto` with a sweep over fixed numbers of requests, on model servers in virtual time.
//
//     npm run bench:auto [-- SEED]
import { FixedLimit } from '../../src/schedule/limits/limit.ts';
import { runBlocked } from './simulation/block-run.ts';
import { BLOCKED } from './simulation/blocks.ts';
import { learning } from './simulation/learning.ts';
import { MODELS, type Model } from './simulation/models.ts';
import { simulate } from './simulation/simulate.ts';
import { bestFixed } from './simulation/sweep.ts';

/** So many that the start, from 8 requests to 256, is a small part of the run. */
const ROWS = 10_000;
const MOST = 256;
/** The numbers of the sweep that are shown. */
const SHOWN = [1, 4, 16, 64, 256];

/** The numbers of requests at a time in runs with a block. */
const AT_A_TIME = ['auto', 8, 1] as const;

const seed = Number(process.argv[2] ?? 1);

console.log(
  `| server | ${SHOWN.map((m) => `-m ${m}`).join(' | ')} | best -m | auto | of the best | refused | in flight | lost |`,
);
console.log(`|---|${'--:|'.repeat(SHOWN.length + 6)}`);
for (const model of MODELS) console.log(lineOf(model));

console.log(`\n| block | ${AT_A_TIME.map((m) => `-m ${m} | lost | refused`).join(' | ')} |`);
console.log(`|---|${'--:|'.repeat(3 * AT_A_TIME.length)}`);
for (const model of BLOCKED) {
  const cells = AT_A_TIME.flatMap((most) => {
    const { ofBest, lost, refused, requests } = runBlocked(model, most, seed);
    return [percent(ofBest), lost, Math.round(refused * requests)];
  });
  console.log(`| ${[model.title, ...cells].join(' | ')} |`);
}

function lineOf(model: Model): string {
  const run = { rows: ROWS, seed };
  const fixed = SHOWN.map((limit) => {
    const { throughput, refused, lost } = simulate(
      model,
      () => ({ limit: new FixedLimit(limit), paces: [] }),
      run,
    );
    return `${throughput.toFixed(0)}${refused > 0.02 ? ` (${percent(refused)} refused)` : ''}${lost > 0 ? ` ${lost} lost` : ''}`;
  });
  const best = bestFixed(model, run);
  const auto = simulate(model, (now) => learning({ max: MOST, now }), run);
  const cells = [
    ...[model.title, ...fixed, `${best.throughput.toFixed(0)} with ${best.limit}`],
    ...[auto.throughput.toFixed(0), percent(auto.throughput / best.throughput)],
    ...[percent(auto.refused, 1), auto.inFlight.mean.toFixed(0), auto.lost],
  ];
  return `| ${cells.join(' | ')} |`;
}

function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)} %`;
}
