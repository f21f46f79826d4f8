import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GOOD } from '../../../bench/openweb/addresses.ts';
import { lateNginxConfig } from '../../../bench/openweb/late-nginx-config.ts';

test('lateNginxConfig: listens on loopback addresses only, on each for both schemes', () => {
  const config = lateNginxConfig({
    ...{ root: '/root-of-server', flags: '/flags', modules: '/modules', addresses: GOOD },
    ...{ httpPort: 8080, httpsPort: 8443 },
    certificate: { certificate: '/certificate.pem', key: '/key.pem' },
  });
  const addresses = [...config.matchAll(/listen (\S+)/g)].map(([, where]) => where);
  assert.deepEqual(
    addresses,
    GOOD.flatMap((address) => [`${address}:8080`, `${address}:8443`]),
  );
  for (const address of GOOD) assert.match(address, /^127\./);
});
