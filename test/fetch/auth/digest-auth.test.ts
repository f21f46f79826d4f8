import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseChallenges } from '../../../src/fetch/auth/auth-challenges.ts';
import { DigestSession, digestChallenge } from '../../../src/fetch/auth/digest-auth.ts';

const MUFASA = { username: 'Mufasa', password: 'Circle of Life' };
const NONCE = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
const OPAQUE = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS';
const CNONCE = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';

/** The fields of the next answer to the challenge. */
function answer(line: string, login = MUFASA, target = '/dir/index.html', cnonce = CNONCE) {
  const challenge = digestChallenge(parseChallenges([line]));
  assert.ok(challenge);
  const session = new DigestSession(challenge, login, cnonce);
  return fields(session.authorization(target));
}

function fields(authorization: string): Record<string, string> {
  const [scheme, ...others] = parseChallenges([authorization]);
  assert.deepEqual([scheme?.scheme, others], ['digest', []]);
  return Object.fromEntries(scheme?.parameters ?? []);
}

// RFC 7616 section 3.9.1.
for (const [algorithm, response] of [
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
] as const) {
  test(`DigestSession: answers the example of RFC 7616 with ${algorithm}`, () => {
    const challenge = `Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE}", opaque="${OPAQUE}"`;
    assert.deepEqual(answer(challenge), {
      username: 'Mufasa',
      realm: 'http-auth@example.org',
      uri: '/dir/index.html',
      algorithm,
      nonce: NONCE,
      nc: '00000001',
      cnonce: CNONCE,
      qop: 'auth',
      response,
      opaque: OPAQUE,
    });
  });
}

// RFC 7616 section 3.9.2. The digests printed there use another algorithm (erratum 4897): these
// were computed with Python's hashlib.
test('DigestSession: hashes the user, with SHA-512-256', () => {
  const said = answer(
    'Digest realm="api@example.org", qop="auth", algorithm=SHA-512-256, nonce="5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK", opaque="HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS", charset=UTF-8, userhash=true',
    { username: 'Jäsøn Doe', password: 'Secret, or not?' },
    '/doe.json',
    'NTg6RKcb9boFIAS3KrFK9BGeh+niz/sm',
  );
  assert.equal(said.username, '793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b');
  assert.equal(said.response, '7a4e1192babbba02e91182d2895bfdbf7adafc6e48d4e517ca301974843d840c');
  assert.equal(said.userhash, 'true');
});

// RFC 2617 section 3.5, and the same without qop and count, as in RFC 2069.
test('DigestSession: leaves out what the server does not mention', () => {
  const login = { username: 'Mufasa', password: 'Circle Of Life' };
  const nonce = 'dcd98b7102dd2f0e8b11d0f600bfb0c093';
  const challenge = `Digest realm="testrealm@host.com", nonce="${nonce}"`;
  const modern = answer(`${challenge}, qop="auth"`, login, '/dir/index.html', '0a4f113b');
  assert.equal(modern.response, '6629fae49393a05397450978507c4ef1');
  assert.deepEqual(answer(challenge, login), {
    username: 'Mufasa',
    realm: 'testrealm@host.com',
    nonce,
    uri: '/dir/index.html',
    response: '670fd8c2df070c60b045671b8b24ff02',
  });
});

test('DigestSession: counts requests, and with -sess hashes the nonces into the secret once', () => {
  const line = 'Digest realm="r", nonce="n", algorithm=MD5-sess, qop=auth';
  const challenge = digestChallenge(parseChallenges([line]));
  assert.ok(challenge);
  const session = new DigestSession(challenge, MUFASA, 'c');
  const [first, second] = [session.authorization('/'), session.authorization('/')].map(fields);
  assert.deepEqual([first?.nc, second?.nc], ['00000001', '00000002']);
  // Computed with Python's hashlib: `md5(md5(md5(Mufasa:r:Circle of
  // Life):n:c):n:00000001:c:auth:md5(GET:/))`
  assert.equal(first?.response, '8277a2c8b15cdd087d06bc9356aa502a');
  assert.equal(first?.algorithm, 'MD5-sess');
  assert.notEqual(first?.response, second?.response);
});

test('DigestSession: escapes quotes, and encodes a name outside ASCII', () => {
  const line = 'Digest realm="a \\"b\\"", nonce="n"';
  assert.equal(answer(line, { username: 'x"y', password: '' }).realm, 'a "b"');
  const { 'username*': encoded, username } = answer(line, { username: "Jä(s')", password: '' });
  assert.deepEqual([encoded, username], ["UTF-8''J%C3%A4%28s%27%29", undefined]);
});

for (const [line, nonce] of [
  ['Basic realm=x, Digest realm=r, nonce=n', 'n'],
  ['Digest realm=r, nonce=a, algorithm=SHA-1, Digest realm=r, nonce=b, algorithm=sha-256', 'b'],
  ['Digest realm=r, nonce=a, algorithm=SHA-256, Digest realm=r, nonce=b, algorithm=MD5', 'a'],
  ['Digest realm=r, nonce=n, qop=auth-int', undefined],
  ['Digest realm=r', undefined],
  ['Digest nonce=n', undefined],
  ['Basic realm=r', undefined],
  [`Digest realm=r, nonce=${'n'.repeat(4097)}`, undefined],
] as const) {
  test(`digestChallenge: ${nonce} of ${line.slice(0, 100)}`, () => {
    assert.equal(digestChallenge(parseChallenges([line]))?.nonce, nonce);
  });
}
