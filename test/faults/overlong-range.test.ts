import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { startFaultServer } from '../../src/server/faults/fault-server.ts';
import { resourceAt } from '../../src/server/faults/resource.ts';
import { loadFlags } from '../../src/server/flag-store.ts';
import { endsIn, get } from '../cli/get-support.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const PATH = '/bytes/6000000/file.bin';

test('get --segments: what ranges bring beyond what they say gets into no file', async (t) => {
  await using server = await startFaultServer({ faults: ['overlong-range:by=300000'] });
  const directory = await temporaryDirectory(t);
  // Slow enough for segments to be asked for while the first response comes.
  const limits = ['--segments', '4', '-m', '4', '--bandwidth', '8MB/s', '--retry-max-wait', '50ms'];
  const { code, stdout } = await get('--json', ...limits, '-d', directory, server.url + PATH);
  assert.deepEqual([code, endsIn(stdout)], [0, ['ok']]);
  const file = await readFile(join(directory, 'file.bin'));
  assert.ok(resourceAt(PATH, loadFlags())?.body.equals(file), `${file.length} bytes, others`);
  assert.ok(server.stats.requests > 1, 'no segment was asked for');
});
