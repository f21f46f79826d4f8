import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nearest } from '../../src/model/nearest.ts';

const WORDS = ['name', 'stem', 'ext', 'host', 'path', 'query', 'index', 'sha256'];

for (const [text, expected] of [
  ['hots', 'host'],
  ['hosts', 'host'],
  ['Name', 'name'],
  ['nme', 'name'],
  ['sha-256', 'sha256'],
  ['indx', 'index'],
  ['titel', undefined],
  ['', undefined],
] as const) {
  test(`nearest: "${text}" is most likely ${expected}`, () => {
    assert.equal(nearest(text, WORDS), expected);
  });
}
