import assert from 'node:assert/strict';
import { test } from 'node:test';
import { authorizationFor, type Hop } from '../../src/fetch/credentials.ts';
import { parseNetrc } from '../../src/fetch/netrc.ts';

const netrc = parseNetrc(
  'machine h login ann password 1 machine login.example login bob password 2 default login me password 3',
);
const auth = { type: 'basic', username: 'run', password: 'é:' } as const;
const own = new URL('http://h/a');

function hop(url: string, more: Partial<Hop> = {}): Hop {
  return { url: new URL(url), atHome: true, exposed: false, ...more };
}

/** What is in a basic `Authorization`. */
function said(authorization: string | undefined): string | undefined {
  return authorization && Buffer.from(authorization.replace('Basic ', ''), 'base64').toString();
}

test('authorizationFor: nobody is told when nobody is known', () => {
  assert.equal(
    authorizationFor(hop('http://h/'), own, { auth: undefined, netrc: undefined }),
    undefined,
  );
});

test('authorizationFor: the user in the URL comes first, its escapes undone', () => {
  const ownWithUser = new URL('http://a%40b:p%3Aw%zz@h/');
  assert.equal(
    said(authorizationFor(hop('http://h/'), ownWithUser, { auth, netrc })),
    'a@b:p%3Aw%zz',
  );
  const user = new URL('http://a%40b:p%3Aw@h/');
  assert.equal(said(authorizationFor(hop('http://h/'), user, { auth, netrc })), 'a@b:p:w');
});

test('authorizationFor: that of the run comes before .netrc', () => {
  assert.equal(said(authorizationFor(hop('http://h/'), own, { auth, netrc })), 'run:é:');
  const bearer = { type: 'bearer', token: 't0k' } as const;
  assert.equal(authorizationFor(hop('http://h/'), own, { auth: bearer, netrc }), 'Bearer t0k');
});

test('authorizationFor: .netrc by host, its default for the row’s own origin', () => {
  const credentials = { auth: undefined, netrc };
  assert.equal(said(authorizationFor(hop('http://h:8/'), own, credentials)), 'ann:1');
  assert.equal(said(authorizationFor(hop('http://other/'), own, credentials)), 'me:3');
});

test('authorizationFor: elsewhere, only .netrc knows us, and by name', () => {
  const away = { atHome: false };
  const user = new URL('http://a:b@h/');
  assert.equal(authorizationFor(hop('http://other/', away), user, { auth, netrc }), undefined);
  assert.equal(
    said(authorizationFor(hop('https://login.example/', away), user, { auth, netrc })),
    'bob:2',
  );
});

test('authorizationFor: nothing of .netrc from TLS to plain text', () => {
  const exposed = { atHome: false, exposed: true };
  assert.equal(
    authorizationFor(hop('http://login.example/', exposed), own, { auth, netrc }),
    undefined,
  );
});
