import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { SQLITE } from '../../../src/ledger/read/dialect.ts';
import { hostOf, lowerAscii } from '../../../web/model/host-of.ts';

const URLS = [
  'https://example.org/a',
  'HTTP://Example.ORG:8080?q=/',
  'http://example.org#here',
  'http://example.org',
  'https://[::1]:8001/flags',
  'https://É.example/É',
  'not a url at all',
  'nonsense',
  'ftp://example.org/a',
  'xhttp://example.org/a',
  'mailto:somebody',
  '//example.org/a',
  'http:///nothing',
  '',
];

test('hostOf: is what a condition of the ledger takes for the host', () => {
  using database = new DatabaseSync(':memory:');
  const statement = database.prepare(`SELECT ${SQLITE.host} AS host FROM (SELECT ? AS url)`);
  for (const url of URLS) assert.equal(hostOf(url), statement.get(url)?.host, url);
});

test('hostOf: what is no URL of the web has no host', () => {
  for (const text of ['nonsense', 'mailto:a@example.org', '//example.org/a', 'a://b', 'http:/a']) {
    assert.equal(hostOf(text), '', text);
  }
  assert.equal(hostOf('HTTPS://Example.org:8443/a'), 'example.org:8443');
});

test('lowerAscii: leaves other letters alone', () => {
  assert.equal(lowerAscii('AbÉZ'), 'abÉz');
});
