import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { settingsOf } from '../../src/fetch/settings.ts';
import * as defaults from '../../src/model/options.ts';

test('settingsOf: has the defaults of model/options.ts', () => {
  const settings = settingsOf({});
  assert.deepEqual(settings.deadlines, defaults.DEADLINES);
  assert.equal(settings.maxRedirects, defaults.DEFAULT_MAX_REDIRECTS);
  assert.deepEqual(settings.headers, { accept: '*/*', 'user-agent': defaults.DEFAULT_USER_AGENT });
  assert.deepEqual(
    [settings.decode, settings.speed, settings.maxSize],
    [false, undefined, Infinity],
  );
  assert.equal(settingsOf({ lowestSpeed: 1 }).speed?.window, defaults.SPEED_WINDOW);
});

test('settingsOf: no deadline is 0, and deadlines are rounded up to whole ms', () => {
  const deadlines = { connect: Number.POSITIVE_INFINITY, firstByte: 0, idle: 0.5 };
  assert.deepEqual(settingsOf({ deadlines }).deadlines, { connect: 0, firstByte: 0, idle: 1 });
});

test('settingsOf: headers of the run override the defaults', () => {
  assert.equal(
    settingsOf({ userAgent: 'a', headers: { 'User-Agent': 'b' } }).headers['user-agent'],
    'b',
  );
});

test('settingsOf: given name servers replace the system’s', () => {
  const usual = settingsOf({}).dns;
  assert.deepEqual(usual.servers, []);
  assert.equal(usual.overrides.addressesFor('a.test', 80), undefined);
  const { servers, overrides } = settingsOf({
    dns: { servers: ['1.1.1.1,[::1]'], resolve: ['a.test:80:10.0.0.1'] },
  }).dns;
  assert.deepEqual(servers, ['1.1.1.1', '::1']);
  assert.deepEqual(overrides.addressesFor('a.test', 80), ['10.0.0.1']);
});

for (const [options, error] of [
  [{ maxRedirects: -1 }, /^RangeError: maxRedirects/],
  [{ maxRedirects: 1.5 }, /^RangeError: maxRedirects/],
  [{ maxSize: Number.NaN }, /^RangeError: maxSize/],
  [{ lowestSpeed: -1 }, /^RangeError: lowestSpeed/],
  [{ speedWindow: 0 }, /^RangeError: speedWindow/],
  [{ deadlines: { idle: -1 } }, /^RangeError: deadlines.idle/],
  [{ headers: { 'a b': '' } }, /^HeaderError/],
  [{ proxy: { http: 'ftp://h' } }, /^TypeError: a proxy/],
  [{ minSize: -1 }, /^RangeError: minSize/],
  [{ accept: ['image'] }, /^TypeError: 'image' is not a media type/],
  [{ accept: [] }, /^TypeError: at least one media type/],
  [{ netrc: 'x' }, /^SyntaxError: netrc, line 1/],
  [{ cookies: 'x' }, /^SyntaxError: cookies, line 1/],
  [{ dns: { servers: ['1.1.1.1', 'x'] } }, /^SyntaxError: dns\.servers, 'x' is not the IP address/],
  [{ dns: { resolve: ['a:80'] } }, /^SyntaxError: dns\.resolve, 'a:80' is not HOST:PORT:ADDR/],
  [{ tls: { ca: 'none' } }, /^TypeError: no certificate/],
  [{ tls: { ca: '-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----' } }, /^Error: /],
  [{ tls: { cert: 'x', key: 'x' } }, /^Error: /],
] as const) {
  test(`HttpClient: ${JSON.stringify(options)} is an error at once`, () => {
    assert.throws(
      () => new HttpClient(options),
      (thrown) => error.test(String(thrown)),
    );
  });
}
