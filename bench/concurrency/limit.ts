// A limit on what runs at a time: 100,000 items, 100 of them at a time, each of them one microtask of
// work, so that what is measured is the machinery.
//
//     npm run bench:concurrency
import AsyncSema from 'async-sema';
import pLimit from 'p-limit';
import pMap, { pMapIterable } from 'p-map';
import PQueue from 'p-queue';
import { mapAsCompleted, Semaphore } from '../../src/concurrency/index.ts';
import { compare } from './compare.ts';

const ITEMS = 100_000;
const LIMIT = 100;
const items = Array.from({ length: ITEMS }, (_, index) => index);

async function work(): Promise<void> {
  await null;
}

await compare('Semaphore: all items wait at once', ITEMS, [
  [
    'flaghoist Semaphore',
    async () => {
      const semaphore = new Semaphore(LIMIT);
      await Promise.all(
        items.map(async () => {
          using _permit = await semaphore.acquire();
          await work();
        }),
      );
    },
  ],
  [
    'async-sema',
    async () => {
      const semaphore = new AsyncSema.Sema(LIMIT);
      await Promise.all(
        items.map(async () => {
          await semaphore.acquire();
          try {
            await work();
          } finally {
            semaphore.release();
          }
        }),
      );
    },
  ],
  [
    'p-limit',
    async () => {
      const limit = pLimit(LIMIT);
      await Promise.all(items.map(() => limit(work)));
    },
  ],
]);

await compare('mapAsCompleted: results one by one, or in one array', ITEMS, [
  [
    'flaghoist mapAsCompleted',
    async () => {
      for await (const _ of mapAsCompleted(items, work, { limit: LIMIT }));
    },
  ],
  [
    'p-map pMapIterable',
    async () => {
      for await (const _ of pMapIterable(items, work, { concurrency: LIMIT }));
    },
  ],
  ['p-map', () => pMap(items, work, { concurrency: LIMIT })],
  [
    'p-queue',
    async () => {
      const queue = new PQueue({ concurrency: LIMIT });
      for (const _ of items) queue.add(work);
      await queue.onIdle();
    },
  ],
]);
