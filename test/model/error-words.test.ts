import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorWords, messageOf } from '../../src/model/error-words.ts';

const dump = (reason: string) =>
  `write EPROTO 4013A70E447F0000:error:0A00010B:SSL routines:tls_validate_record_header:${reason}:../deps/openssl/openssl/ssl/record.c:78:\n`;

const TRUST = '--cacert FILE adds one to trust, -k checks none';

for (const [code, facts, words] of [
  ['EACCES', { path: 'a/b' }, 'permission denied: a/b; change its permissions, or choose another'],
  ['EROFS', { path: 'a' }, 'it is a read-only file system: a; choose another place'],
  ['ENOTDIR', { path: 'f/x' }, 'a file is where a directory has to be: f/x; choose another path'],
  ['EISDIR', {}, 'it is a directory, not a file'],
  ['ENOSPC', { path: 'a' }, 'the disk is full; make room and run the same command again'],
  [
    'ENAMETOOLONG',
    { path: 'x'.repeat(300) },
    'the path is too long for the file system, 300 characters: most take 255 bytes for a name and 4,095 for all of it; shorten the directory, or the name template',
  ],
  [
    'ECONNREFUSED',
    { address: '::1', port: 80 },
    'nothing listens at [::1]:80 (connection refused)',
  ],
  ['ECONNREFUSED', { address: '::1' }, 'nothing listens at [::1]:0 (connection refused)'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', {}, `the server's certificate is self-signed; ${TRUST}`],
  ['CERT_HAS_EXPIRED', {}, "the server's certificate has expired; -k checks none"],
  [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    { host: 'h', cert: { subjectaltname: 'DNS:a, IP Address:127.0.0.1' } },
    "the server's certificate is not for h, but for a, 127.0.0.1; -k checks none",
  ],
  [
    'EPROTO',
    { message: dump('wrong version number') },
    'the server does not speak TLS at this port: try http://',
  ],
  [
    'EPROTO',
    { message: dump('tlsv1 alert protocol version') },
    'the server speaks no version of TLS that is safe (1.2 or later); it has to be updated',
  ],
  ['EPROTO', { message: dump('bad thing') }, 'TLS failed: bad thing'],
  ['ERR_SSL_BAD_THING', { message: dump('bad thing') }, 'TLS failed: bad thing'],
  ['ERR_OSSL_PEM_NO_START_LINE', {}, 'it is no certificate or key in PEM format'],
  ['EPROTO', {}, undefined],
  ['toString', {}, undefined],
] as const) {
  test(`errorWords: ${code} ${words}`, () => {
    assert.equal(errorWords(Object.assign(new Error('own'), { code, ...facts })), words);
  });
}

test('messageOf: a failed connection to a proxy says which', () => {
  const error = Object.assign(new Error(), { code: 'ECONNREFUSED', address: '::1', port: 9 });
  assert.equal(
    messageOf(Object.assign(error, { proxy: 'proxy.example:9' })),
    'the proxy proxy.example:9 cannot be reached: nothing listens at [::1]:9 (connection refused)',
  );
});

class OwnError extends Error {}

const refused = ['127.0.0.1', '::1'].map((host) => new Error(`connect ECONNREFUSED ${host}:1`));

for (const [what, error, message] of [
  ['the message', new TypeError('bad thing'), 'bad thing'],
  ['the class name where there is no message', new OwnError(), 'OwnError'],
  ['the class name also of a built-in', new TypeError(), 'TypeError'],
  [
    'the words of the parts of a dual-stack refusal',
    new AggregateError(refused),
    'connect ECONNREFUSED 127.0.0.1:1, connect ECONNREFUSED ::1:1',
  ],
  ['equal parts once', new AggregateError([new Error('no'), new Error('no')]), 'no'],
  ['parts in parts', new AggregateError([new AggregateError([new OwnError()])]), 'OwnError'],
  ['an aggregate’s own message first', new AggregateError(refused, 'all failed'), 'all failed'],
  ['the class name of an empty aggregate', new AggregateError([]), 'AggregateError'],
  ['what is no error, as a string', 'just text', 'just text'],
  ['nothing, as a string', undefined, 'undefined'],
] as const) {
  test(`messageOf: ${what}`, () => assert.equal(messageOf(error), message));
}
