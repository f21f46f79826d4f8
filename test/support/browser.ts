import { access } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

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

/** `test` with a browser. */
type BrowserTest = (name: string, run: (t: TestContext, browser: Browser) => Promise<void>) => void;

/**
 * Returns a `test` function whose tests share a browser, which is closed after the tests of the file. If
 * Debian's Chromium is not installed, the tests are skipped.
 */
export async function testsInBrowser(): Promise<BrowserTest> {
  const skip = await noChromium();
  let browser: Browser | undefined;
  if (skip === false) {
    before(async () => {
      browser = await launchBrowser();
    });
    after(() => browser?.close());
  }
  return (name, run) => {
    test(name, { skip }, (t) => run(t, browser as Browser));
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

function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, timeout: PATIENCE });
}

/** Opens a page for one test. `problems` are its errors, and requests that its policy refused. */
export async function openPage(
  t: TestContext,
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
