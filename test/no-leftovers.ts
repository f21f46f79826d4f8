// Loaded before each test file (see the test script). A test file whose tests are all done ends by
// itself, unless something is still open: a server, a timer, a thread. `--test-timeout` does not
// end such a wait, so the whole run would hang without a word. Here it fails, and says why.
import { isMainThread } from 'node:worker_threads';

const GRACE_MS = 5_000;

// Threads and processes that a test starts are given the same options as the test file, and this
// file along with them.
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
