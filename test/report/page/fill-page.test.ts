import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fillPage } from '../../../src/report/page/fill-page.ts';
import { STAND_IN_PAGE } from '../../support/stand-in-page.ts';

async function filled(page: string, ...pieces: string[]): Promise<string> {
  return (await Array.fromAsync(fillPage(page, pieces))).join('');
}

test('fillPage: the data stands in its place, and nothing in it ends the script', async () => {
  const data = { url: 'https://example.com/</script><!--<script>\u2028\u2029$&' };
  const json = JSON.stringify(data);
  const page = await filled(STAND_IN_PAGE, json.slice(0, 30), json.slice(30));
  const [, before = '', found = '', after = ''] =
    /^(.*<script type="application\/json" id="page-data">)(.*)(<\/script>.*)$/s.exec(page) ?? [];
  assert.equal(`${before}${after}`, STAND_IN_PAGE);
  assert.doesNotMatch(found, /[<\u2028\u2029]/);
  assert.deepEqual(JSON.parse(found), data);
});

test('fillPage: a page without a place, or with two, is refused', async () => {
  const two = STAND_IN_PAGE + STAND_IN_PAGE;
  for (const page of ['<html></html>', two]) {
    await assert.rejects(filled(page, '{}'), /^Error: the page has not exactly one <script/);
  }
});
