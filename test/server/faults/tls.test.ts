import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { test } from 'node:test';
import { startFaultServer } from '../../../src/server/faults/fault-server.ts';

for (const [fault, untrusted, trusted] of [
  ['tls-expired', 'CERT_HAS_EXPIRED', 'CERT_HAS_EXPIRED'],
  ['tls-wrong-host', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'ERR_TLS_CERT_ALTNAME_INVALID'],
  ['tls-self-signed', 'DEPTH_ZERO_SELF_SIGNED_CERT', undefined],
] as const) {
  test(`startFaultServer: ${fault} is the only fault once its authority is trusted`, async () => {
    await using server = await startFaultServer({ faults: [fault] });
    const codeFor = async (ca?: string) => {
      const request = get(`${server.url}/flags/br/br.gif`, ca === undefined ? {} : { ca });
      const [error] = (await once(request, 'error')) as [NodeJS.ErrnoException];
      return error.code;
    };
    assert.equal(await codeFor(), untrusted);
    assert.equal(server.authority === undefined, trusted === undefined);
    if (server.authority !== undefined) {
      assert.equal(await codeFor(readFileSync(server.authority, 'utf8')), trusted);
    }
  });
}

test('readCertificate: the other certificates are valid for years', () => {
  for (const name of ['authority', 'self-signed', 'wrong-host']) {
    const pem = readFileSync(new URL(`../../../assets/certificates/${name}.pem`, import.meta.url));
    assert.ok(new X509Certificate(pem).validToDate.getFullYear() > 2100, name);
  }
});
