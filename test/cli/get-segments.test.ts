// The real command, killed in the middle of a file in segments.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { noNginx, startNginx } from '../support/nginx.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { endsIn, get, startGet, until } from './get-support.ts';
import { finished } from './run-flaghoist.ts';

const skip = await noNginx();

const BIG = randomBytes(9 * 1024 * 1024 + 7);

/** The bytes of the directory's only part that its sidecar counts; undefined without a part. */
async function goodBytesIn(directory: string): Promise<number | undefined> {
  const parts = join(directory, '.flaghoist', 'parts');
  const names = await readdir(parts).catch(() => []);
  const sidecar = names.find((name) => name.endsWith('.json'));
  if (sidecar === undefined) return undefined;
  const text = await readFile(join(parts, sidecar), 'utf8');
  return text === '' ? undefined : JSON.parse(text).good;
}

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  test(`get --segments: the next run resumes after ${signal}`, { skip }, async (t) => {
    const slow = 'if ($http_x_slow) { set $limit_rate 1m; } access_log @DIR/log combined;';
    const { url, root } = await startNginx(t, slow, { 'root/big.bin': BIG });
    const directory = await temporaryDirectory(t);
    const args = ['--json', '--segments', '4', '-d', directory, `${url}/big.bin`];
    const child = startGet('-H', 'X-Slow: 1', ...args);
    const ended = finished(child);
    await until(async () => ((await goodBytesIn(directory)) ?? 0) > 100_000 || undefined);
    child.kill(signal);
    await ended;
    const good = await goodBytesIn(directory);
    assert.equal(good === undefined, signal === 'SIGINT', 'a run that has time leaves no gap');
    const whole = await get(...args);
    assert.deepEqual([whole.code, endsIn(whole.stdout)], [0, ['ok']]);
    assert.ok(BIG.equals(await readFile(join(directory, 'big.bin'))), 'the bytes are others');
    // Only one request is from the beginning of the file.
    const log = await readFile(join(dirname(root), 'log'), 'utf8');
    assert.equal(log.match(/ 200 /g)?.length, 1);
  });
}
