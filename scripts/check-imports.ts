// npm run check:imports: the sources keep to the layout. The tables here say which folder may import
// which, and who may use what belongs to the program; docs/design.md says what each folder is for.
import { glob, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { importCycles } from './imports/cycles.ts';
import { layoutProblems } from './imports/documented-layout.ts';
import { forbiddenGlobals } from './imports/globals.ts';
import { forbiddenImports, type Layout } from './imports/layers.ts';
import { readModule } from './imports/read-module.ts';

/** What every other folder may import. */
const GROUND = ['concurrency', 'model'];

/** The stages of a row. No stage imports another. */
const STAGES = ['source', 'schedule', 'fetch', 'save'];

const LIBRARY = [...GROUND, ...STAGES, 'storage', 'engine', 'ledger', 'observe', 'report'];

const LAYOUT: Layout = {
  concurrency: { uses: [], packages: false, entrance: 'src/concurrency/index.ts' },
  model: { uses: [], packages: false },

  ...Object.fromEntries(STAGES.map((stage) => [stage, { uses: GROUND }])),
  // Files become visible in a directory, a bucket or a shard.
  storage: { uses: GROUND },
  save: { uses: [...GROUND, 'storage'] },
  // The engine is given the stages, so it needs no more than their types.
  engine: { uses: GROUND, usesTypesOf: STAGES },

  // They take outcomes: a record, numbers, and the numbers as text.
  ledger: { uses: GROUND },
  observe: { uses: GROUND },
  report: { uses: [...GROUND, 'observe'], usesTypesOf: ['ledger'] },
  dashboard: { uses: [...GROUND, 'observe', 'report', 'save'] },

  // These put the parts together.
  'download-options.ts': { uses: [], usesTypesOf: LIBRARY },
  'scheduling.ts': { uses: ['model', 'schedule'], usesTypesOf: ['engine', 'download-options.ts'] },
  recording: { uses: LIBRARY, usesTypesOf: ['download-options.ts'] },
  'rehearsal.ts': {
    uses: [...LIBRARY, 'recording'],
    usesTypesOf: ['download-options.ts'],
  },
  'download.ts': { uses: [...LIBRARY, 'recording', 'scheduling.ts', 'download-options.ts'] },

  // Many workers. They share a database, and each runs downloads of its own.
  fleet: {
    uses: [...LIBRARY, 'download.ts', 'download-options.ts'],
  },

  server: { uses: GROUND },
  // Flags come from the servers in src/server, or from a public site.
  flags: { uses: ['model', 'server'], usesTypesOf: ['observe'] },

  // The page that shows a run in a browser. It is built into one file, so nothing imports it.
  web: {
    uses: ['model', 'report'],
    node: false,
    files: ['assets/flags/countries.json'],
  },

  // The two entry points: the library and the command. Nothing imports them.
  'index.ts': { uses: [...LIBRARY, 'download.ts', 'download-options.ts'] },
  cli: {
    uses: [
      ...LIBRARY,
      'download.ts',
      'download-options.ts',
      'rehearsal.ts',
      'dashboard',
      'fleet',
      'server',
      'flags',
    ],
  },
};

/** Which files may use the globals of the running program, such as `process.exit` and `console`. */
const GLOBALS = {
  'src/cli/': ['*'],
  // run() is the main function of a program. While it runs, a signal cancels its task.
  'src/concurrency/run.ts': ['process.exitCode', 'process.kill', 'process.stderr'],
  'src/concurrency/process-events.ts': ['process.exitCode', 'process.on', 'process.once'],
  // printTasks() prints.
  'src/concurrency/task-tree.ts': ['process.stderr'],
  // A rejection that a task will handle must not end the process.
  'src/concurrency/unhandled.ts': ['process.on'],
  // Failures that no code has handled by the end of the process are reported there.
  'src/concurrency/failures.ts': ['process.on'],
};

/** The folders of the checkout, and all folders in `src`, each with a slash at its end. */
async function findFolders(root: string): Promise<string[]> {
  const ignored = (await readFile(join(root, '.gitignore'), 'utf8')).split('\n');
  const paths = await Array.fromAsync(glob(['*', 'src/**'], { cwd: root, withFileTypes: true }));
  return paths
    .filter((path) => path.isDirectory())
    .map(({ parentPath, name }) => relative(root, join(parentPath, name)).replaceAll(sep, '/'))
    .filter((folder) => folder !== 'src' && !ignored.some((line) => isNamed(line, folder)))
    .map((folder) => `${folder}/`)
    .sort();
}

/** Whether a line of .gitignore is the name of a folder. */
function isNamed(line: string, folder: string): boolean {
  return line.replace(/^\/|\/$/g, '') === folder;
}

/** One line for each breach in the `src` and `web` folders of `root`, and in its layout's table. */
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

/** One line for each folder of `root` that docs/design.md does not name, or names in vain. */
export async function checkDocumentedLayout(root: string): Promise<string[]> {
  const document = await readFile(join(root, 'docs/design.md'), 'utf8');
  return layoutProblems(document, await findFolders(root));
}

if (import.meta.main) {
  const root = process.cwd();
  const problems = [...(await checkImports(root)), ...(await checkDocumentedLayout(root))];
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exitCode = 1;
}
