// Checks that the sources keep to the layout. The two tables are that layout's documentation.
import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importCycles } from './imports/cycles.ts';
import { forbiddenGlobals } from './imports/globals.ts';
import { forbiddenImports, type Layout } from './imports/layers.ts';
import { readModule } from './imports/read-module.ts';

/** What everything else may build on. */
const GROUND = ['concurrency', 'model'];

/** What a row passes through: none of these knows another. */
const STAGES = ['source', 'schedule', 'fetch', 'save'];

const LIBRARY = [...GROUND, ...STAGES, 'engine', 'ledger', 'observe', 'report'];

const LAYOUT: Layout = {
  concurrency: { uses: [], packages: false },
  model: { uses: [], packages: false },

  ...Object.fromEntries(STAGES.map((stage) => [stage, { uses: GROUND }])),
  // The engine is handed the stages; it knows only what they look like.
  engine: { uses: GROUND, usesTypesOf: STAGES },

  // What is made of outcomes: a record, numbers, and the numbers as text.
  ledger: { uses: GROUND },
  observe: { uses: GROUND },
  report: { uses: [...GROUND, 'observe'], usesTypesOf: ['ledger'] },
  dashboard: { uses: [...GROUND, 'observe', 'report', 'save'] },

  // Here the parts are put together.
  'download-options.ts': { uses: [], usesTypesOf: LIBRARY },
  'scheduling.ts': { uses: ['model', 'schedule'], usesTypesOf: ['engine', 'download-options.ts'] },
  'recording.ts': { uses: LIBRARY, usesTypesOf: ['download-options.ts'] },
  'download.ts': { uses: [...LIBRARY, 'recording.ts', 'scheduling.ts', 'download-options.ts'] },

  server: { uses: GROUND },
  // The sites that flags come from are the servers' addresses, and the public one.
  flags: { uses: ['model', 'server'], usesTypesOf: ['observe'] },

  // What shows a run, in a browser. Nothing imports it: it is built, and filled with what it shows.
  web: {
    uses: ['model', 'report'],
    node: false,
    files: ['assets/flags/countries.json'],
  },

  // The two ways in. Nothing imports them.
  'index.ts': { uses: [...LIBRARY, 'download.ts', 'download-options.ts'] },
  cli: { uses: [...LIBRARY, 'download.ts', 'download-options.ts', 'dashboard', 'server', 'flags'] },
};

/** Who may use the globals of the running program, such as `process.exit` and `console`. */
const GLOBALS = {
  'src/cli/': ['*'],
  // run() is the entry of a program: it turns signals into a cancellation, for as long as it lasts.
  'src/concurrency/run.ts': ['process.exitCode', 'process.kill', 'process.stderr'],
  'src/concurrency/process-events.ts': ['process.on'],
  'src/concurrency/exit-code.ts': ['process.exitCode', 'process.on', 'process.once'],
  // printTasks() is for the terminal.
  'src/concurrency/task-tree.ts': ['process.stderr'],
  // A rejection that is looked after must not end the process.
  'src/concurrency/unhandled.ts': ['process.on'],
  // The last chance to warn of failures that nobody looked at.
  'src/concurrency/failures.ts': ['process.on'],
};

/** One line for each breach in the `src` and `web` folders of `root`; none when all is well. */
export async function checkImports(root: string): Promise<string[]> {
  const paths = (await Array.fromAsync(glob('{src,web}/**/*.{ts,tsx}', { cwd: root }))).sort();
  const modules = await Promise.all(
    paths.map(async (path) => readModule(path, await readFile(join(root, path), 'utf8'))),
  );
  return [
    ...forbiddenImports(modules, LAYOUT),
    ...importCycles(modules),
    ...forbiddenGlobals(modules, GLOBALS),
  ];
}

if (import.meta.main) {
  const problems = await checkImports(process.cwd());
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
