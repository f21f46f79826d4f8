import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { suite, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { bodyOf, get, serveBody, serveSite, serveStatus, startGet } from './get-support.ts';
import { ended, finished, startFlaghoist } from './run-flaghoist.ts';

/** Reads shards by the conventions of WebDataset: a sample is the members with one name up to a dot. */
const READ_SHARDS = `
import glob, json, sys, tarfile
samples = []
for path in sorted(glob.glob(sys.argv[1] + '/*.tar')):
    last = None
    for member in tarfile.open(path):
        key, extension = member.name.split('.', 1)
        if key != last:
            samples.append({'__key__': key})
            last = key
        samples[-1][extension] = tarfile.open(path).extractfile(member.name).read().decode()
print(json.dumps(samples))
`;

type Sample = Readonly<Record<string, string>>;

function samplesIn(directory: string): Sample[] {
  const found = execFileSync('/usr/bin/python3', ['-c', READ_SHARDS, directory], {
    encoding: 'utf8',
  });
  return JSON.parse(found);
}

const shardsIn = async (directory: string) =>
  (await readdir(directory)).filter((name) => name.endsWith('.tar')).sort();

const bodiesIn = (directory: string) =>
  samplesIn(directory)
    .map(({ bin }) => bin)
    .sort();

suite('get-shards', { concurrency: 2 }, () => {
  test('get --sink tar: samples that Python reads, and status, report and retry know', async (t) => {
    const { url } = await serveSite(t, serveStatus);
    const directory = await temporaryDirectory(t);
    const list = join(directory, 'list.csv');
    await writeFile(list, `url,caption\n${url}/a,one\n${url}/500,two\n${url}/b,"x, ""y"""\n`);
    const sink = join(directory, 'set');
    const args = ['--sink', `tar:${sink}/`, '--caption-column', 'caption', '--tries', '1'];
    const { code, stderr } = await get('-i', list, ...args, '--shard-size', '1');
    assert.equal(code, 1, stderr);
    assert.deepEqual(
      samplesIn(sink)
        .map(({ bin, txt }) => [bin, txt])
        .sort(),
      [
        [bodyOf('/a'), 'one'],
        [bodyOf('/b'), 'x, "y"'],
      ],
    );
    const names = execFileSync('tar', ['tf', join(sink, '00000.tar')], { encoding: 'utf8' });
    assert.equal(names, '000000000.bin\n000000000.json\n000000000.txt\n');
    const status = await finished(startFlaghoist('status', sink));
    assert.match(status.stdout, /^ok +2 /m);
    const where = ['--format', 'json', '--where', 'status = ok'];
    const report = await finished(startFlaghoist('report', sink, ...where));
    assert.ok(report.stdout.includes(`${sink}/00000.tar/000000000.bin`), report.stdout);
    const retry = await finished(startFlaghoist('retry', sink, '-q'));
    assert.equal(retry.code, 1, retry.stderr);
    assert.deepEqual(await shardsIn(sink), ['00000.tar', '00001.tar']);
  });

  test('get --sink tar: after kill -9 whole shards stay, and the same command does the rest', async (t) => {
    const slow: string[] = [];
    const { url, seen } = await serveSite(t, (path, response, request) => {
      if (slow.length > 0 && Number(path.slice(1)) >= 30) return;
      serveBody(path, response, request);
    });
    slow.push('30');
    const directory = await temporaryDirectory(t);
    const list = join(directory, 'list.txt');
    const paths = Array.from({ length: 40 }, (_, i) => `/${i}`);
    await writeFile(list, paths.map((path) => `${url}${path}\n`).join(''));
    const sink = join(directory, 'set');
    const args = ['-i', list, '--sink', `tar:${sink}`, '--shard-size', '8', '-q'];
    const running = startGet(...args);
    // 30 samples fill three shards, and a part of the next.
    while (!existsSync(join(sink, '00002.tar')) || seen.length < 31) await setTimeout(10);
    running.kill('SIGKILL');
    await ended(running);
    assert.deepEqual(await shardsIn(sink), ['00000.tar', '00001.tar', '00002.tar']);
    assert.equal(samplesIn(sink).length, 24);
    const before = await readFile(join(sink, '00001.tar'));
    const status = await finished(startFlaghoist('status', sink));
    assert.match(status.stdout, /^ok +(16|24) /m);

    slow.length = 0;
    const again = await get(...args);
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(bodiesIn(sink), paths.map(bodyOf).sort());
    assert.deepEqual(await readFile(join(sink, '00001.tar')), before);
    assert.deepEqual(await readdir(join(sink, '.flaghoist', 'parts')), []);
    const requests = seen.length;
    assert.equal((await get(...args)).code, 0);
    assert.equal(seen.length, requests);
    assert.equal((await shardsIn(sink)).length, 5);
  });

  test('get --sink tar: Ctrl-C publishes what has come', async (t) => {
    const { url, seen } = await serveSite(t, (path, response, request) => {
      if (path !== '/hang') serveBody(path, response, request);
    });
    const sink = join(await temporaryDirectory(t), 'set');
    const running = startGet(`${url}/a`, `${url}/hang`, '--sink', `tar:${sink}`, '-q');
    while (seen.length < 2) await setTimeout(10);
    await setTimeout(100);
    running.kill('SIGINT');
    assert.equal((await finished(running)).code, 130);
    assert.deepEqual(bodiesIn(sink), [bodyOf('/a')]);
  });

  test('get --sink: options that make no sense with shards are refused in one line', async () => {
    for (const [args, problem] of [
      [['--sink', 'files'], /--sink WHERE: sink must be tar:DIR, /],
      [
        ['--sink', 'tar:a', '--tree'],
        /--sink tar: names its samples itself: leave --output, --tree/,
      ],
      [['--sink', 'tar:a', '-d', 'b'], /-d names b: leave -d out/],
      [['--shard-size', '5'], /--shard-size N is for shards: --sink tar:DIR/],
      [['--sink', 'tar:a', '--shard-size', '1.5'], /must be a number of samples such as 10000/],
      [['--sink', 'tar:a', '--caption-column', 'c'], /there is no column c/],
    ] as const) {
      const { code, stderr } = await get('http://127.0.0.1:1/', ...args);
      assert.equal(code, 2, stderr);
      assert.match(stderr, problem);
    }
  });
});
