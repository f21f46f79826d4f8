import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nginxConfig } from '../../../bench/servers/nginx-config.ts';

const SETTINGS = {
  root: '/root-of-server',
  httpPort: 8080,
  httpsPort: 8443,
  certificate: { certificate: '/certificate.pem', key: '/key.pem' },
  isRoot: false,
};

test('nginxConfig: listens on the loopback address only', () => {
  const addresses = [...nginxConfig(SETTINGS).matchAll(/listen (\S+)/g)].map(([, where]) => where);
  assert.deepEqual(addresses, ['127.0.0.1:8080', '127.0.0.1:8443']);
});

test('nginxConfig: names a user for root only, as others may not', () => {
  assert.doesNotMatch(nginxConfig(SETTINGS), /^user /m);
  assert.match(nginxConfig({ ...SETTINGS, isRoot: true }), /^user root;$/m);
});
