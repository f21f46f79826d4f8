import assert from 'node:assert/strict';
import { test } from 'node:test';
import { flagRow, SITE_LABELS, siteOf, siteVariable } from '../../src/flags/sites.ts';

for (const [label, url] of [
  ['LOCAL', 'http://localhost:8001/flags'],
  ['DELAY', 'http://localhost:8002/flags'],
  ['ERROR', 'http://localhost:8003/flags'],
  ['REMOTE', 'https://www.fluentpython.com/data/flags'],
] as const) {
  test(`siteOf: ${label}, in any case`, () => {
    for (const written of [
      label,
      label.toLowerCase(),
      `${label[0]}${label.slice(1).toLowerCase()}`,
    ]) {
      assert.deepEqual(siteOf(written, {}), { label, url });
    }
  });
}

test('siteOf: refuses other labels, and names the known ones', () => {
  for (const label of ['', 'MOON', 'LOCAL ', 'constructor']) {
    assert.throws(() => siteOf(label, {}), {
      name: 'RangeError',
      message: '--server LABEL must be one of DELAY, ERROR, LOCAL, REMOTE',
    });
  }
});

test('SITE_LABELS: sorted', () => {
  assert.deepEqual(SITE_LABELS, ['DELAY', 'ERROR', 'LOCAL', 'REMOTE']);
});

test('siteOf: a variable moves its own site only', () => {
  assert.equal(siteVariable('DELAY'), 'FLAGHOIST_DELAY');
  const environment = { FLAGHOIST_DELAY: 'https://h:99/f', FLAGHOIST_ERROR: undefined };
  assert.deepEqual(siteOf('delay', environment), { label: 'DELAY', url: 'https://h:99/f' });
  assert.equal(siteOf('LOCAL', environment).url, 'http://localhost:8001/flags');
  assert.equal(siteOf('ERROR', environment).url, 'http://localhost:8003/flags');
});

test('siteOf: drops slashes at the end of a URL', () => {
  for (const url of ['http://h/f', 'http://h/f/', 'http://h/f//']) {
    assert.equal(siteOf('LOCAL', { FLAGHOIST_LOCAL: url }).url, 'http://h/f');
  }
});

for (const wrong of ['', 'h:80', 'localhost', 'ftp://h/f', 'file:///f', '/flags']) {
  test(`siteOf: refuses ${JSON.stringify(wrong)} as a URL`, () => {
    assert.throws(() => siteOf('LOCAL', { FLAGHOIST_LOCAL: wrong }), {
      name: 'RangeError',
      message: `FLAGHOIST_LOCAL must be an http:// or https:// URL, not ${JSON.stringify(wrong)}`,
    });
  });
}

test('flagRow: the code in lower case, twice in the URL and once in the name', () => {
  assert.deepEqual(flagRow({ label: 'LOCAL', url: 'http://h/flags' }, 'BR'), {
    url: 'http://h/flags/br/br.gif',
    name: 'br.gif',
  });
});
