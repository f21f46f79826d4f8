import { access } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import type { Lifetime } from './temporary-directory.ts';

/** Debian's, which `.ci/run` installs. */
const CHROMIUM = '/usr/bin/chromium';

/** With these, it sends requests to the page's own server only, and needs no display and no sandbox. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** Timeout of every step of a page, in ms. Far more than it needs, for a machine under load. */
const PATIENCE = 40_000;

/** Why tests with a browser are skipped; false if they are not. */
const SKIP = await noChromium();

let browser: Browser | undefined;
// One for all test files of a process: each start takes a second or two. At the top of this module, so
// that the hooks are those of the process and not those of the file that imports it first.
before(async () => {
  if (SKIP !== false) return;
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, timeout: PATIENCE });
});
after(() => browser?.close());

/** `test` with a browser. If Debian's Chromium is not installed, the test is skipped. */
export function browserTest(
  name: string,
  run: (t: TestContext, browser: Browser) => Promise<void>,
): void {
  test(name, { skip: SKIP }, (t) => run(t, browser as Browser));
}

/**
 * Returns a `test` function whose tests have one page, which `open` opens for the first of them: loading
 * it takes longer than most tests. It is closed after the tests of the file.
 */
export function testsOnPage<Opened>(
  open: (t: Lifetime, browser: Browser) => Promise<Opened>,
): (name: string, run: (opened: Opened, t: TestContext) => Promise<void>) => void {
  let opened: Promise<Opened> | undefined;
  const closing: (() => Promise<void>)[] = [];
  after(async () => {
    for (const close of closing) await close();
  });
  const file: Lifetime = { after: (close) => void closing.push(close) };
  return (name, run) => {
    browserTest(name, async (t, browser) => {
      opened ??= open(file, browser);
      await run(await opened, t);
    });
  };
}

/** The value for `skip`: false if Debian's Chromium is installed, else why not. */
async function noChromium(): Promise<string | false> {
  try {
    await access(CHROMIUM);
    return false;
  } catch {
    return `${CHROMIUM} is not installed`;
  }
}

/** Opens a page for a test, or for those of a file. `problems` are its errors, and requests that its policy refused. */
export async function openPage(
  t: Lifetime,
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ readonly page: Page; readonly problems: readonly string[] }> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  t.after(() => context.close());
  context.setDefaultTimeout(PATIENCE);
  const page = await context.newPage();
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  return { page, problems };
}
