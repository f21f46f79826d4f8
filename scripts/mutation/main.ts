// Makes small changes to the sources, one at a time (a `<` becomes `<=`, a call is left out), and runs the
// tests that cover it. A change that no test notices is a gap in the tests, or makes no difference.
//
//     npm run test:mutation                       everything, half an hour
//     npm run test:mutation -- retry semaphore    some parts
//     npm run test:mutation -- --again retry      only sources that have changed since the last run
//
// It exits with 1 if more changes survive than docs/testing.md accounts for.
import { constants, setPriority } from 'node:os';
import { parseArgs } from 'node:util';
import { mutate } from './mutate.ts';
import { resultTable } from './result-table.ts';
import { TARGETS } from './targets.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { again: { type: 'boolean', default: false } },
});
const unknown = positionals.find((name) => TARGETS.every((target) => target.name !== name));
if (unknown !== undefined) {
  const names = TARGETS.map(({ name }) => name).join(', ');
  throw new RangeError(`there is no '${unknown}', only ${names}`);
}

// It uses all processors for minutes.
setPriority(constants.priority.PRIORITY_LOW);

const targets = TARGETS.filter(
  ({ name }) => positionals.length === 0 || positionals.includes(name),
);
const results = [];
for (const target of targets) {
  results.push({ target, mutants: await mutate(target, { again: values.again }) });
}
const { text, isWorse } = resultTable(results);
process.stdout.write(text);
if (isWorse) process.exitCode = 1;
