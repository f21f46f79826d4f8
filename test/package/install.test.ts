// The package as its users get it: packed, installed into an empty project, and used from there.
import assert from 'node:assert/strict';
import { glob, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, test } from 'node:test';
import { rolldown } from 'rolldown';
import manifest from '../../package.json' with { type: 'json' };
import { CHECKOUT, installInto, packInto, run } from './pack.ts';

const TSC = join(CHECKOUT, 'node_modules', 'typescript', 'bin', 'tsc');

const COMMAND = join('node_modules', '.bin', 'flaghoist');

/** The only places that the package may have files in. */
const SHIPPED =
  /^(bin|dist|man|assets\/(certificates|flags))\/|^(package\.json|LICENSE|README\.md|CHANGELOG\.md)$/;

let scratch: string;
let project: string;

before(
  async () => {
    scratch = await mkdtemp(join(tmpdir(), 'flaghoist-package-'));
    project = await installInto(scratch, await packInto(scratch));
  },
  // npm may wait for the registry.
  { timeout: 180_000 },
);

after(() => rm(scratch, { recursive: true, force: true }));

test('package: contains the command, the built code and the flags, and nothing else', async () => {
  const cwd = join(project, 'node_modules', manifest.name);
  const entries = await Array.fromAsync(glob('**', { cwd, withFileTypes: true }));
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(cwd.length + 1));
  const isSource = (file: string) => file.endsWith('.ts') && !file.endsWith('.d.ts');
  assert.deepEqual(
    files.filter((file) => !SHIPPED.test(file) || isSource(file)),
    [],
  );
  for (const file of [
    'dist/command/main.cjs',
    'dist/command/LICENSES.txt',
    'dist/index.d.ts',
    'dist/command/styles/tasks.cjs',
    'dist/page.html',
    'assets/certificates/authority.pem',
    'assets/flags/br.gif',
  ]) {
    assert.ok(files.includes(file), `${file} is missing`);
  }
});

test('package: the installed command starts by its name and through npx', async () => {
  assert.equal(await run(project, [COMMAND, '--version']), manifest.version);
  const throughNpx = await run(project, ['npx', '--no', '--', 'flaghoist', '--version']);
  assert.equal(throughNpx, manifest.version);
});

test('package: npm links the command and its man page', async () => {
  const prefix = join(scratch, 'global');
  const options = ['--prefix', prefix, '--ignore-scripts', '--no-audit', '--no-fund'];
  await run(project, ['npm', 'install', '--global', ...options, './node_modules/flaghoist']);
  assert.equal(await run(project, [join(prefix, 'bin/flaghoist'), '--version']), manifest.version);
  const page = await readFile(join(prefix, 'share/man/man1/flaghoist.1'), 'utf8');
  assert.match(page, /^\.TH/m);
});

test('package: the installed command needs no development dependency', async () => {
  const installed = await readdir(join(project, 'node_modules'));
  const { dependencies, devDependencies } = manifest;
  for (const name of Object.keys(dependencies)) assert.ok(installed.includes(name), name);
  for (const name of Object.keys(devDependencies)) assert.ok(!installed.includes(name), name);
});

test('package: the installed command downloads a flag from the server in the package', async () => {
  const FLAGHOIST_LOCAL = `http://localhost:${await freePort()}/flags`;
  await run(project, [COMMAND, 'flags', 'BR'], { FLAGHOIST_LOCAL });
  const flag = await readFile(join(project, 'downloads', 'br.gif'));
  assert.deepEqual(flag, await readFile(join(CHECKOUT, 'assets', 'flags', 'br.gif')));
});

test('package: the installed command compares the styles in the package', async () => {
  const args = ['compare', '--requests', '3', '--server', 'LOCAL', '--threads', '2'];
  const table = await run(project, [COMMAND, ...args]);
  assert.deepEqual(table.match(/^[a-z-]+ /gm), [
    ...['style ', 'one-by-one ', 'threads ', 'callbacks ', 'tasks '],
  ]);
});

test('package: the entry points can be imported, threads included, and no other files', async () => {
  const program = `
    const { download } = await import('flaghoist');
    const { createTask, runInExecutor } = await import('flaghoist/concurrency');
    const product = await createTask(() => runInExecutor((a, b) => a * b, [6, 7]));
    const { startFaultServer } = await import('flaghoist/faults');
    await using server = await startFaultServer({ faults: ['error:status=418'] });
    const { status } = await fetch(server.url + '/bytes/1/a');
    const inside = await import('flaghoist/dist/command/main.cjs').catch((error) => error.code);
    console.log(typeof download, product, status, inside);
  `;
  assert.equal(
    await run(project, [process.execPath, '--input-type=module', '--eval', program]),
    'function 42 418 ERR_PACKAGE_PATH_NOT_EXPORTED',
  );
});

test('package: the types of the entry points fit a strict TypeScript project', async () => {
  // Our declarations name types of our dependencies, and of Node, which the project has to have.
  const types = join(project, 'node_modules', '@types');
  await mkdir(types, { recursive: true });
  await symlink(join(CHECKOUT, 'node_modules', '@types', 'node'), join(types, 'node'));
  await writeFile(
    join(project, 'tsconfig.json'),
    JSON.stringify({
      compilerOptions: {
        module: 'nodenext',
        strict: true,
        exactOptionalPropertyTypes: true,
        skipLibCheck: false,
        noEmit: true,
        types: ['node'],
      },
    }),
  );
  await writeFile(
    join(project, 'program.ts'),
    `
      import { download } from 'flaghoist';
      import { Semaphore, createTask, type Task } from 'flaghoist/concurrency';

      const task: Task<number> = createTask(async () => 42, { name: 'answer' });
      export const answer: number = await task;
      using permit = await new Semaphore(1).acquire();

      for await (const outcome of download(['https://example.org/a'], { directory: 'a' })) {
        const status: string = outcome.status;
        // @ts-expect-error: a type that came out as any would let this pass
        outcome.nothing;
      }
    `,
  );
  assert.equal(await run(project, [process.execPath, TSC]), '');
});

test('flaghoist/concurrency: a bundle has the parts that it uses, and debug mode', async () => {
  const program = `
    import { Semaphore, Future } from 'flaghoist/concurrency';
    const semaphore = new Semaphore(1);
    using permit = await semaphore.acquire();
    const future = new Future();
    future.cancel();
    await future.catch(({ stack }) => console.log(String(semaphore), stack.includes('bundle.js')));
  `;
  await writeFile(join(project, 'program.js'), program);
  const bundle = await rolldown({
    cwd: project,
    input: 'program.js',
    platform: 'node',
    logLevel: 'silent',
  });
  const { output } = await bundle.write({ file: join(project, 'bundle.js') });
  const used = output[0].moduleIds.map((id) => basename(id));
  for (const file of ['semaphore.js', 'debug.js']) assert.ok(used.includes(file), file);
  for (const file of ['task.js', 'run.js', 'thread-executor.js'])
    assert.ok(!used.includes(file), file);
  const command = [process.execPath, 'bundle.js'];
  assert.equal(await run(project, command), '<Semaphore held=1 limit=1> false');
  const debug = await run(project, command, { FLAGHOIST_DEBUG: '1' });
  assert.equal(debug, '<Semaphore held=1 limit=1> true');
});

/** The compiler options that any strict project has. */
const LEAST_LIB = 'es2024,esnext.disposable';

// Each of the ways to find modules, and with `lib.dom`, whose globals are not those of Node.
for (const [module, lib] of [
  ['nodenext', LEAST_LIB],
  ['preserve --moduleResolution bundler', `${LEAST_LIB},dom`],
] as const) {
  test(`package: the types of flaghoist/concurrency need no @types/node: ${module}, ${lib}`, async () => {
    await writeFile(
      join(project, 'concurrency.ts'),
      `
          import { Future, Queue, run, TaskGroup, toThread } from 'flaghoist/concurrency';
          export const future = new Future<number>();
          export const length: number = await toThread((text: string) => text.length, 'text');
          export const item: string = await run(async () => {
            await using group = new TaskGroup();
            return group.createTask(() => new Queue<string>().get());
          });
        `,
    );
    const options = `--ignoreConfig --noEmit --strict --target es2024 --lib ${lib} --module ${module}`;
    const checks = ['--skipLibCheck', 'false', '--types', '', ...options.split(' ')];
    assert.equal(await run(project, [process.execPath, TSC, ...checks, 'concurrency.ts']), '');
  });
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
