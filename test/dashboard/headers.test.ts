import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pagePolicy } from '../../src/dashboard/headers.ts';
import { STAND_IN_PAGE } from '../support/stand-in-page.ts';

test('pagePolicy: that of the page, without framing', () => {
  assert.equal(
    pagePolicy(STAND_IN_PAGE),
    "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
  );
});

test('pagePolicy: for a page without one, no framing', () => {
  assert.equal(pagePolicy('<title>x</title>'), "frame-ancestors 'none'");
});
