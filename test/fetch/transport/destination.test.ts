import assert from 'node:assert/strict';
import { test } from 'node:test';
import { destinationOf, hostAndPort, portOf } from '../../../src/fetch/transport/destination.ts';
import { SchemeError } from '../../../src/model/failure.ts';

test('destinationOf: where a URL leads', () => {
  const to = (text: string) => destinationOf(new URL(text));
  assert.deepEqual(to('http://a.example/b'), { host: 'a.example', port: 80, isSecure: false });
  assert.deepEqual(to('https://a.example'), { host: 'a.example', port: 443, isSecure: true });
  assert.deepEqual(to('https://[::1]:8443'), { host: '::1', port: 8443, isSecure: true });
});

test('destinationOf: refuses other schemes', () => {
  assert.throws(() => destinationOf(new URL('ftp://a.example')), SchemeError);
});

test('portOf: the port of the URL, or of its scheme', () => {
  assert.equal(portOf(new URL('https://a.example:80')), 80);
  assert.equal(portOf(new URL('https://a.example:443')), 443);
  assert.equal(portOf(new URL('http://a.example')), 80);
});

test('hostAndPort: puts an IPv6 address in brackets', () => {
  assert.equal(hostAndPort({ host: '::1', port: 80, isSecure: false }), '[::1]:80');
  assert.equal(hostAndPort({ host: 'a.example', port: 443, isSecure: true }), 'a.example:443');
});
