import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pagePolicy } from '../../src/dashboard/headers.ts';
import { STAND_IN_PAGE } from '../support/stand-in-page.ts';

test('pagePolicy: that of the page, and that nobody frames it', () => {
  assert.equal(
    pagePolicy(STAND_IN_PAGE),
    "default-src 'none'; connect-src 'self'; frame-ancestors 'none'",
  );
});

test('pagePolicy: of a page without one, that nobody frames it', () => {
  assert.equal(pagePolicy('<title>x</title>'), "frame-ancestors 'none'");
});
