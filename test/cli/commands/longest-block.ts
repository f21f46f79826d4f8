// Loaded before a program (`--import`). Writes the longest time that its event loop was blocked, in ms,
// into the file that LONGEST_BLOCK names.
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

const file = process.env.LONGEST_BLOCK;

if (isMainThread && file !== undefined) {
  let last = performance.now();
  let longest = 0;
  const look = () => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  };
  setInterval(look, 10).unref();
  process.on('exit', () => {
    look();
    writeFileSync(file, String(longest));
  });
}
