// The process that kill.test.ts starts again and again: it saves files until it is killed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { DirectorySink } from '../../src/save/sinks/directory-sink.ts';
import { bodyOf, FILES } from './kill-bodies.ts';

const [directory = ''] = process.argv.slice(2);
const parts = join(directory, '.flaghoist', 'parts');
const sink = await DirectorySink.open(directory, { parts, digest: true });
process.stdout.write('open\n');

let next = 0;
await Promise.all(
  Array.from({ length: 8 }, async () => {
    while (next < FILES) {
      const index = next++;
      if (!existsSync(join(directory, `${index}`))) await save(index);
    }
  }),
);

async function save(index: number): Promise<void> {
  const body = bodyOf(index);
  const url = `http://h/${index}`;
  const draft = await sink.open({ index, url });
  const offset = draft.part?.bytes ?? 0;
  if (offset > 0) process.stdout.write(`part ${index} ${offset}\n`);
  const etag = `"${index}"`;
  draft.begin({ httpStatus: offset > 0 ? 206 : 200, url, offset, length: body.length, etag });
  for (let start = offset; start < body.length; start += 30_000) {
    await draft.write(body.subarray(start, start + 30_000));
    await setImmediate();
  }
  await draft.commit();
}
