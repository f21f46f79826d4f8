import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  DEADLINES,
  DEFAULT_MAX_REDIRECTS,
  DEFAULT_MAX_REQUESTS,
  SPEED_WINDOW,
} from '../../src/model/options.ts';

const REASONS = new URL('../../docs/reasons.md', import.meta.url);

test('DEFAULT_MAX_REQUESTS: five', () => {
  assert.equal(DEFAULT_MAX_REQUESTS, 5);
});

test('DEADLINES: those that docs/reasons.md tells', async () => {
  const rows = (await readFile(REASONS, 'utf8')).split('\n');
  for (const [reason, ms] of [
    ['timeout-connect', DEADLINES.connect],
    ['timeout-first-byte', DEADLINES.firstByte],
    ['timeout-idle', DEADLINES.idle],
    ['too-slow', SPEED_WINDOW],
  ] as const) {
    const row = rows.find((line) => line.startsWith(`| \`${reason}\``));
    assert.match(row ?? '', new RegExp(` ${ms / 1000} s\\b`), reason);
  }
});

test('DEFAULT_MAX_REDIRECTS: as docs/reasons.md tells', async () => {
  const text = await readFile(REASONS, 'utf8');
  assert.ok(text.includes(`more than ${DEFAULT_MAX_REDIRECTS} |`));
});
