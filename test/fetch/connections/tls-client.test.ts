import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { test } from 'node:test';
import { secureContextOf } from '../../../src/fetch/connections/tls-client.ts';
import { selfSigned } from '../../support/certificates.ts';

test('secureContextOf: what is wrong with a key is said without the key and its passphrase', async (t) => {
  const { cert, key } = await selfSigned(t);
  const encryption = { cipher: 'aes-256-cbc', passphrase: 'right' } as const;
  const locked = createPrivateKey(key).export({ type: 'pkcs8', format: 'pem', ...encryption });
  const passphrase = 's3cr3t-w0rd';
  for (const wrong of [String(locked), key.replace(/\n.{8}/, '\n????????')]) {
    assert.throws(
      () => secureContextOf({ cert, key: wrong, passphrase }),
      (error) => {
        const lines = wrong.split('\n').filter((line) => /^[\w+/=]{16,}$/.test(line));
        for (const secret of [passphrase, ...lines]) assert.ok(!String(error).includes(secret));
        return true;
      },
    );
  }
});
