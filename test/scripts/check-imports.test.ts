import assert from 'node:assert/strict';
import { mkdir, mkdtempDisposable, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { checkImports } from '../../scripts/check-imports.ts';
import { layoutProblems } from '../../scripts/imports/documented-layout.ts';

/** The problems found in a checkout that has only these files, under `src` unless they say `web`. */
async function check(files: Record<string, string>): Promise<string[]> {
  await using root = await mkdtempDisposable(join(tmpdir(), 'check-imports-'));
  for (const [path, text] of Object.entries(files)) {
    const file = join(root.path, path.startsWith('web/') ? '' : 'src', path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }
  // Awaited: the directory goes with the end of this function.
  return await checkImports(root.path);
}

test('checkImports: finds nothing where every import keeps to the layout', async () => {
  const problems = await check({
    'model/item.ts': "import { isIP } from 'node:net';\nexport const item = isIP;\n",
    'fetch/client.ts':
      "import { request } from 'some-package';\nimport { item } from '../model/item.ts';\n",
    'fetch/retry.ts': "import './client.ts';\n",
    'cli/main.ts': "import '../fetch/retry.ts';\nimport '../download.ts';\nprocess.exit(0);\n",
    'index.ts': "export * from './model/item.ts';\n",
  });
  assert.deepEqual(problems, []);
});

test('checkImports: names the importing line and the folders allowed', async () => {
  const problems = await check({
    'cli/x.ts': '',
    'fetch/b.ts': "import { a } from 'node:fs';\n\nimport {\n  x,\n} from '../cli/x.ts';\n",
  });
  assert.deepEqual(problems, [
    'src/fetch/b.ts:5 imports src/cli/x.ts: fetch may import only concurrency, model',
  ]);
});

test('checkImports: sees re-exports, import() and types written as import()', async () => {
  const problems = await check({
    'save/sink.ts': '',
    'model/a.ts': "export { sink } from '../save/sink.ts';\n",
    'model/b.ts': "export * from '../save/sink.ts';\n",
    'model/c.ts': "export const sink = () => import('../save/sink.ts');\n",
    'model/d.ts': "export type Sink = import('../save/sink.ts').Sink;\n",
  });
  assert.deepEqual(
    problems,
    ['a', 'b', 'c', 'd'].map(
      (name) => `src/model/${name}.ts:1 imports src/save/sink.ts: model may import only itself`,
    ),
  );
});

test('checkImports: ignores imports in comments and strings', async () => {
  const problems = await check({
    'fetch/a.ts':
      "// import '../cli/x.ts'; process.exit()\nexport const text = `import '../cli/x.ts'`;\n",
  });
  assert.deepEqual(problems, []);
});

test('checkImports: lets the engine import the types of a stage, and nothing else', async () => {
  const problems = await check({
    'fetch/client.ts': 'export interface Client {}\nexport const client = {};\n',
    'engine/type.ts': "import type { Client } from '../fetch/client.ts';\n",
    'engine/value.ts': "import { client } from '../fetch/client.ts';\n",
    'engine/mixed.ts': "import { type Client } from '../fetch/client.ts';\n",
  });
  assert.deepEqual(problems, [
    'src/engine/mixed.ts:1 imports src/fetch/client.ts: engine may import only types from fetch',
    'src/engine/value.ts:1 imports src/fetch/client.ts: engine may import only types from fetch',
  ]);
});

test('checkImports: lets no file import the command', async () => {
  const problems = await check({
    'cli/main.ts': '',
    'index.ts': "import './cli/main.ts';\n",
  });
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', /^src\/index\.ts:1 imports src\/cli\/main\.ts: /);
});

test('checkImports: refuses packages in folders that must not use any', async () => {
  const problems = await check({
    'concurrency/limit.ts': "import 'node:fs';\nimport limit from 'p-limit';\n",
    'fetch/client.ts': "import { Client } from 'some-package';\n",
  });
  assert.deepEqual(problems, [
    'src/concurrency/limit.ts:2 imports p-limit: concurrency may import no package, only node:*',
  ]);
});

test('checkImports: refuses files that the built package does not have', async () => {
  const problems = await check({
    'cli/version.ts': "import manifest from '../../package.json' with { type: 'json' };\n",
  });
  assert.deepEqual(problems, [
    'src/cli/version.ts:1 imports package.json: it is outside of src, so the built package does not have it',
  ]);
});

test('checkImports: lets the page import model, report and what is built into it', async () => {
  const problems = await check({
    'model/outcome.ts': '',
    'ledger/where.ts': '',
    'web/model/filter.ts': "import '../../src/model/outcome.ts';\nimport './host-of.ts';\n",
    'web/model/flag.ts':
      "import names from '../../assets/flags/countries.json' with { type: 'json' };\n",
    'web/main.tsx':
      "import { render } from 'preact';\nimport 'node:fs';\nimport '../src/ledger/where.ts';\n" +
      'export const page = <p>{render}</p>;\n',
    'cli/report.ts': "import '../../web/main.tsx';\n",
  });
  const [ofCommand = '', ...ofPage] = problems;
  assert.match(ofCommand, /^src\/cli\/report\.ts:1 imports web\/main\.tsx: cli may import only /);
  assert.deepEqual(ofPage, [
    'web/main.tsx:2 imports node:fs: web may import nothing of Node',
    'web/main.tsx:3 imports src/ledger/where.ts: web may import only model, report',
  ]);
});

test('checkImports: asks for a new folder to be added to the layout', async () => {
  const problems = await check({ 'util/misc.ts': '' });
  assert.deepEqual(problems, [
    'src/util/misc.ts:1 is in no layer: add it to the layout in scripts/check-imports.ts',
  ]);
});

test('checkImports: reports a circle with all its files', async () => {
  const problems = await check({
    'model/a.ts': "import './b.ts';\n",
    'model/b.ts': "import './c.ts';\n",
    'model/c.ts': "\nimport './a.ts';\n",
  });
  assert.deepEqual(problems, [
    'src/model/c.ts:2 closes a circle of imports: ' +
      'src/model/a.ts -> src/model/b.ts -> src/model/c.ts -> src/model/a.ts',
  ]);
});

test('checkImports: reports a circle of which a part is types', async () => {
  const problems = await check({
    'model/a.ts': "import type { B } from './b.ts';\nexport interface A { b: B }\n",
    'model/b.ts': "import { a } from './a.ts';\nexport interface B { a: typeof a }\n",
  });
  assert.deepEqual(problems, [
    'src/model/b.ts:1 closes a circle of imports: src/model/a.ts -> src/model/b.ts -> src/model/a.ts',
  ]);
});

test('checkImports: lets other folders import the index of concurrency only, for types too', async () => {
  const problems = await check({
    'concurrency/index.ts': "export * from './task.ts';\n",
    'concurrency/task.ts': '',
    'engine/run.ts': "import { createTask } from '../concurrency/index.ts';\n",
    'engine/step.ts': "import type { Task } from '../concurrency/task.ts';\n",
  });
  assert.deepEqual(problems, [
    'src/engine/step.ts:1 imports src/concurrency/task.ts: ' +
      'import src/concurrency/index.ts instead',
  ]);
});

test('checkImports: allows the globals of the program in the command only', async () => {
  const source = [
    'process.emitWarning(String(process.env.HOME));',
    "process.on('SIGINT', () => {});",
    "process.stderr.write('x');",
    'process.exit(1);',
    "console.log('x');",
  ].join('\n');
  const problems = await check({ 'cli/main.ts': source, 'observe/tally.ts': source });
  assert.deepEqual(problems, [
    'src/observe/tally.ts:2 uses process.on: only the command, src/cli, may do that',
    'src/observe/tally.ts:3 uses process.stderr: only the command, src/cli, may do that',
    'src/observe/tally.ts:4 uses process.exit: only the command, src/cli, may do that',
    'src/observe/tally.ts:5 uses console.log: only the command, src/cli, may do that',
  ]);
});

const TABLE = '# Design\n\n## Layout\n\n| Folder | Job |\n|---|---|\n';

test('layoutProblems: finds nothing when the table names each folder once', () => {
  const document = `${TABLE}| \`src/model/\` | types |\n\n## Contracts\n\n| \`src/x/\` | |\n`;
  assert.deepEqual(layoutProblems(document, ['src/model/']), []);
});

test('layoutProblems: names folders that are left out, gone or told twice', () => {
  const row = '| `src/old/` | types |\n';
  assert.deepEqual(layoutProblems(TABLE + row + row, ['src/new/']), [
    'docs/design.md: the layout does not name src/new/',
    'docs/design.md: the layout names src/old/, which is not there',
    'docs/design.md: the layout names src/old/, which is not there',
    'docs/design.md: the layout names src/old/ twice',
  ]);
});

test('layoutProblems: asks for the section when it is missing', () => {
  assert.deepEqual(layoutProblems('# Design\n', []), ['docs/design.md has no section "## Layout"']);
});
