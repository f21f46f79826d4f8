import assert from 'node:assert/strict';
import { test } from 'node:test';
import { credentialsFor, type Hop } from '../../../src/fetch/auth/credentials.ts';
import { parseNetrc } from '../../../src/fetch/auth/netrc.ts';

const netrc = parseNetrc(
  'machine h login ann password 1 machine login.example login bob password 2 default login me password 3',
);
const auth = { type: 'basic', username: 'run', password: 'é:' } as const;
const own = new URL('http://h/a');

function hop(url: string, more: Partial<Hop> = {}): Hop {
  return { url: new URL(url), isOwnOrigin: true, isDowngraded: false, ...more };
}

function said(who: ReturnType<typeof credentialsFor>): string | undefined {
  if (who === undefined) return undefined;
  return 'token' in who ? `Bearer ${who.token}` : `${who.username}:${who.password}`;
}

test('credentialsFor: undefined without a user in the URL, in the run or in .netrc', () => {
  assert.equal(
    credentialsFor(hop('http://h/'), own, { auth: undefined, netrc: undefined }),
    undefined,
  );
});

test('credentialsFor: the user in the URL comes first, decoded', () => {
  const ownWithUser = new URL('http://a%40b:p%3Aw%zz@h/');
  assert.equal(
    said(credentialsFor(hop('http://h/'), ownWithUser, { auth, netrc })),
    'a@b:p%3Aw%zz',
  );
  const user = new URL('http://a%40b:p%3Aw@h/');
  assert.equal(said(credentialsFor(hop('http://h/'), user, { auth, netrc })), 'a@b:p:w');
});

test('credentialsFor: the user of the run comes before .netrc', () => {
  assert.equal(said(credentialsFor(hop('http://h/'), own, { auth, netrc })), 'run:é:');
  const bearer = { type: 'bearer', token: 't0k' } as const;
  assert.equal(said(credentialsFor(hop('http://h/'), own, { auth: bearer, netrc })), 'Bearer t0k');
});

test('credentialsFor: .netrc by host, its default entry for the row’s own origin only', () => {
  const credentials = { auth: undefined, netrc };
  assert.equal(said(credentialsFor(hop('http://h:8/'), own, credentials)), 'ann:1');
  assert.equal(said(credentialsFor(hop('http://other/'), own, credentials)), 'me:3');
});

test('credentialsFor: for another origin, only the entry of .netrc for that host', () => {
  const away = { isOwnOrigin: false };
  const user = new URL('http://a:b@h/');
  assert.equal(credentialsFor(hop('http://other/', away), user, { auth, netrc }), undefined);
  assert.equal(
    said(credentialsFor(hop('https://login.example/', away), user, { auth, netrc })),
    'bob:2',
  );
});

test('credentialsFor: nothing from .netrc after a redirect from TLS to plain text', () => {
  const isDowngraded = { isOwnOrigin: false, isDowngraded: true };
  assert.equal(
    credentialsFor(hop('http://login.example/', isDowngraded), own, { auth, netrc }),
    undefined,
  );
});

test('credentialsFor: a user without a password in the URL gets the password from .netrc', () => {
  const several = parseNetrc(
    'machine h login ann password 1 machine h login bob password 2 machine any password 4 default login me password 3',
  );
  const whoFor = (url: string, more?: Partial<Hop>) => {
    return said(credentialsFor(hop(url, more), new URL(url), { auth, netrc: several }));
  };
  assert.equal(whoFor('http://bob@h/'), 'bob:2');
  assert.equal(whoFor('http://ann@h:8080/'), 'ann:1');
  assert.equal(whoFor('http://eve@h/'), 'eve:');
  assert.equal(whoFor('http://bob:own@h/'), 'bob:own');
  assert.equal(whoFor('http://eve@any/'), 'eve:4');
  assert.equal(whoFor('http://me@other/'), 'me:3');
  assert.equal(whoFor('http://eve@other/'), 'eve:');
});
