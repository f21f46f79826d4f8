import { access } from 'node:fs/promises';
import { after, before, type TestContext, test } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Debian's, which `.ci/run` installs. */
const CHROMIUM = '/usr/bin/chromium';

/** It asks nobody but the page's own server, and needs neither a display nor a sandbox of its own. */
const ARGUMENTS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** How long a page may take for anything, in ms: far more than it needs, on a machine under load. */
const PATIENCE = 40_000;

/** `test`, with a browser. */
type BrowserTest = (name: string, run: (t: TestContext, browser: Browser) => Promise<void>) => void;

/**
 * For tests of a file that share a browser, which is closed after them. Where Debian's is not installed,
 * they are skipped.
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

/** Whether Debian's Chromium is installed: why not, as `node:test` takes it for `skip`. */
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

/** A page of its own for one test, and what went wrong in it: errors, and what its policy refused. */
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
