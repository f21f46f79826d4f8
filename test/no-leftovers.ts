// Loaded in each process of tests. It ends by itself after its last test unless something is still
// open: a server, a timer, a thread. The timeout of tests does not end such a wait, so the run would
// hang. This makes the process fail, and names what is open.
import { isMainThread } from 'node:worker_threads';

const GRACE_MS = 10_000;

// Threads and processes that a test starts inherit the options of its process, and so load this file.
const isTestFile =
  isMainThread &&
  process.env.NODE_TEST_CONTEXT !== undefined &&
  /(?:\.test\.ts|[/\\]test-groups[/\\]\w+\.mjs)$/.test(process.argv[1] ?? '');

if (isTestFile) {
  const { after } = await import('node:test');
  after(() => {
    setTimeout(() => {
      const open = process.getActiveResourcesInfo().join(', ');
      process.stderr.write(`Still open ${GRACE_MS} ms after the last test: ${open}\n`);
      process.exit(1);
    }, GRACE_MS).unref();
  });
}
