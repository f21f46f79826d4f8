import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { pageTemplate } from '../../src/cli/pages.ts';
import { STAND_IN_PAGE } from '../support/stand-in-page.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

test('pageTemplate: the built page', async (t) => {
  const page = join(await temporaryDirectory(t), 'page.html');
  await writeFile(page, STAND_IN_PAGE);
  assert.equal(pageTemplate(page), STAND_IN_PAGE);
});

test('pageTemplate: a missing page is an error that says how to get it', async (t) => {
  const page = join(await temporaryDirectory(t), 'page.html');
  assert.throws(() => pageTemplate(page), {
    name: 'BrokenRunError',
    message:
      'the page that shows runs is missing: in a checkout, `npm run build:page` makes it; else install flaghoist again',
  });
});
