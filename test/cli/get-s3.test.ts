/** `flaghoist get --sink s3://…`, as users run it. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { S3Server } from '../support/s3-server.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { serveSite } from './get-support.ts';
import { ended, finished, runFlaghoistIn, startFlaghoistIn } from './run-flaghoist.ts';

const SECRET = 's3cr3t-w0rd';
const LARGE = Buffer.alloc(17 * 1024 * 1024, 'large');
const SINK = ['--sink', 's3://bucket/pre'];

async function setUp(t: TestContext) {
  const server = await S3Server.start();
  t.after(() => server[Symbol.asyncDispose]());
  const site = await serveSite(t, (path, response) => {
    response.setHeader('etag', '"1"');
    response.end(path === '/large' ? LARGE : path);
  });
  const directory = await temporaryDirectory(t);
  const env = {
    ...server.environment,
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: SECRET,
    AWS_ENDPOINT_URL: '',
    NO_PROXY: '127.0.0.1',
    FLAGHOIST_DEBUG: '1',
  };
  const surroundings = { cwd: directory, env };
  const endpoint = ['--s3-endpoint', server.endpoint];
  return { server, site, directory, surroundings, endpoint };
}

/** What the run keeps, as one text. */
async function keptIn(directory: string): Promise<string> {
  const names = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = names.filter((entry) => entry.isFile());
  const texts = files.map((file) => readFile(join(file.parentPath, file.name), 'latin1'));
  return (await Promise.all(texts)).join('\n');
}

test('get --sink s3: saves, skips, retries and reports, and keeps no key', async (t) => {
  const { server, site, directory, surroundings, endpoint } = await setUp(t);
  const urls = ['/a.gif', '/b.gif', '/large'].map((path) => site.url + path);
  server.script = ({ method, path }) =>
    method === 'PUT' && path.endsWith('b.gif')
      ? { status: 400, code: 'EntityTooLarge' }
      : undefined;
  const first = await runFlaghoistIn(surroundings, ...urls, ...SINK, ...endpoint);
  assert.equal(first.code, 1);
  assert.match(first.stdout, /saved s3:\/\/bucket\/pre\/a\.gif \(6 B\)/);
  assert.match(first.stdout, /upload-failed {2}1/);
  assert.match(first.stdout, /cannot upload b\.gif: 400 EntityTooLarge/);
  server.script = () => undefined;
  const again = await runFlaghoistIn(surroundings, 'retry', '--json');
  assert.equal(again.code, 0, again.stderr);
  const [row] = again.stdout.split('\n').map((line) => (line ? JSON.parse(line) : {}));
  assert.deepEqual([row.status, row.path], ['ok', 's3://bucket/pre/b.gif']);
  assert.deepEqual([...server.objects.keys()].sort(), ['pre/a.gif', 'pre/b.gif', 'pre/large']);
  const report = await runFlaghoistIn(surroundings, 'report', '--format', 'json');
  assert.match(report.stdout, /"path":"s3:\/\/bucket\/pre\/a\.gif"/);
  assert.deepEqual(await readdir(directory), ['.flaghoist']);
  const outputs = [first, again, report].map(({ stdout, stderr }) => stdout + stderr);
  const all = [...outputs, await keptIn(directory)].join('\n');
  assert.equal(all.includes(SECRET), false);
});

test('get --sink s3: what is wrong at the start is one line', async (t) => {
  const { site, directory, surroundings, endpoint } = await setUp(t);
  const url = `${site.url}/a`;
  const missing = ['--sink', 's3://missing/pre'];
  const broken = await runFlaghoistIn(surroundings, url, ...missing, ...endpoint);
  assert.equal(broken.code, 3);
  assert.match(
    broken.stderr,
    /^flaghoist: s3:\/\/missing\/pre: the bucket does not exist; create it, or check its name and the endpoint \(NoSuchBucket\)/m,
  );
  const keyed = ['--sink', `s3://id:${SECRET}@bucket/pre`];
  const wrong = await runFlaghoistIn(surroundings, url, ...keyed, ...endpoint);
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /takes no keys and no host: set AWS_ACCESS_KEY_ID/);
  assert.deepEqual(site.paths(), []);
  const all = wrong.stderr + wrong.stdout + (await keptIn(directory));
  assert.equal(all.includes(SECRET), false);
});

test('get --sink s3: parts are removed by Ctrl-C, and after a kill by the next run', async (t) => {
  const { server, site, surroundings, endpoint } = await setUp(t);
  const args = [`${site.url}/large`, ...SINK, ...endpoint];
  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    const hangs = Promise.withResolvers<void>();
    server.script = ({ query }) => {
      if (query.get('partNumber') !== '2') return undefined;
      hangs.resolve();
      return 'taken';
    };
    const child = startFlaghoistIn(surroundings, ...args);
    const all = signal === 'SIGINT' ? finished(child) : ended(child);
    await hangs.promise;
    child.kill(signal);
    const { code } = await all;
    assert.equal(code, signal === 'SIGINT' ? 130 : null);
    assert.equal(server.uploads.size, signal === 'SIGINT' ? 0 : 1);
  }
  server.script = () => undefined;
  const { code, stderr } = await runFlaghoistIn(surroundings, ...args);
  assert.equal(code, 0, stderr);
  assert.equal(server.uploads.size, 0);
  assert.equal(server.objects.get('pre/large')?.body.equals(LARGE), true);
});
