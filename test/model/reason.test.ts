import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { TimeoutError } from '../../src/concurrency/errors.ts';
import {
  ConnectionLostError,
  DeadlineError,
  HttpStatusError,
  SchemeError,
  TruncatedError,
} from '../../src/model/failure.ts';
import { NameCollisionError } from '../../src/model/file-errors.ts';
import {
  dnsReasonOf,
  REASONS,
  type Reason,
  reasonOf,
  reasonsMeantBy,
} from '../../src/model/reason.ts';

const CODES = {
  'bad-url': ['ERR_INVALID_URL'],
  'dns-not-found': ['ENOTFOUND', 'ENODATA', 'ENONAME', 'EBADNAME', 'EAI_NODATA', 'EAI_NONAME'],
  'dns-timeout': ['ETIMEOUT', 'ECANCELLED', 'EDESTRUCTION', 'EAI_AGAIN'],
  'dns-failed': [
    ...['ESERVFAIL', 'EREFUSED', 'EFORMERR', 'ENOTIMP', 'EBADRESP'],
    ...['EAI_FAIL', 'EAI_MEMORY'],
  ],
  connect: ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL'],
  tls: [
    'EPROTO',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
  ],
  'timeout-connect': ['ETIMEDOUT'],
  'connection-lost': ['ECONNRESET', 'EPIPE', 'ERR_HTTP2_STREAM_ERROR', 'ERR_HTTP2_SESSION_ERROR'],
  protocol: ['ERR_HTTP2_PROTOCOL_ERROR', 'ERR_HTTP2_INVALID_SESSION'],
  'disk-full': ['ENOSPC', 'EDQUOT'],
  'not-writable': ['EACCES', 'EPERM', 'EROFS', 'ENOENT', 'ENOTDIR', 'EEXIST', 'EISDIR'],
  'too-many-open-files': ['EMFILE', 'ENFILE'],
  unknown: ['ESOMETHING_ELSE', ''],
} as const satisfies Partial<Record<Reason, readonly string[]>>;

function withCode(code: unknown): Error {
  return Object.assign(new Error('whatever it says'), { code });
}

for (const [reason, codes] of Object.entries(CODES)) {
  test(`reasonOf: ${reason} for ${codes.join(', ')}`, () => {
    for (const code of codes) assert.equal(reasonOf(withCode(code)), reason, code);
  });
}

test('dnsReasonOf: as reasonOf() for the codes that only resolvers have', () => {
  for (const reason of ['dns-not-found', 'dns-timeout', 'dns-failed'] as const) {
    for (const code of CODES[reason]) assert.equal(dnsReasonOf(code), reason, code);
  }
});

test('dnsReasonOf: dns-failed for what else a query fails with', () => {
  for (const code of ['ECONNREFUSED', 'EBADQUERY', 'ENOMEM', undefined]) {
    assert.equal(dnsReasonOf(code), 'dns-failed', String(code));
  }
});

test('reasonsMeantBy: dns stands for all failures of DNS, and any other word for itself', () => {
  const all = ['dns', 'dns-not-found', 'dns-timeout', 'dns-failed'];
  assert.deepEqual(reasonsMeantBy('dns'), all);
  assert.deepEqual(reasonsMeantBy('dns-timeout'), ['dns-timeout']);
  assert.deepEqual(reasonsMeantBy('http-503'), ['http-503']);
});

test('Reason: each is explained in docs/reasons.md, with what to do, and nothing else is', async () => {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  assert.ok(REASONS.length > 20);
  const rows = (await read('docs/reasons.md')).matchAll(/^\| (`.*?) \| (.+) \| (.+) \|$/gm);
  const explained = [...rows].flatMap(([, words = '']) =>
    [...words.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word),
  );
  assert.deepEqual(
    explained.filter((word) => !word.startsWith('http-')).sort(),
    [...REASONS].sort(),
  );
});

test('reasonOf: our errors know theirs', () => {
  assert.equal(reasonOf(new HttpStatusError(503)), 'http-503');
  assert.equal(reasonOf(new TruncatedError(2, 1)), 'truncated');
  assert.equal(reasonOf(new NameCollisionError('a')), 'name-collision');
  assert.equal(reasonOf(new SchemeError('ftp:')), 'bad-url');
  assert.equal(reasonOf(new ConnectionLostError('the server closed it')), 'connection-lost');
  for (const reason of ['timeout-connect', 'timeout-first-byte', 'timeout-idle'] as const) {
    assert.equal(reasonOf(new DeadlineError(reason, 1)), reason);
  }
});

test('reasonOf: timeout-total for the deadline around a row', () => {
  assert.equal(reasonOf(new TimeoutError('not done')), 'timeout-total');
});

test('reasonOf: a reason of OpenSSL is not one of our words', () => {
  const error = Object.assign(withCode('ERR_SSL_WRONG_VERSION_NUMBER'), {
    library: 'SSL routines',
    reason: 'wrong version number',
  });
  assert.equal(reasonOf(error), 'tls');
});

test('reasonOf: the first of several addresses speaks for all', () => {
  const both = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')]);
  assert.equal(reasonOf(both), 'connect');
  assert.equal(reasonOf(new AggregateError([])), 'unknown');
});

test('reasonOf: unknown for what has no code, or is no error', () => {
  for (const error of [
    new Error('no'),
    withCode(20),
    'ENOENT',
    null,
    undefined,
    { code: 'ENOENT' },
  ]) {
    assert.equal(reasonOf(error), 'unknown');
  }
});
