import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS } from '../../../scripts/servers/checks.ts';
import { page } from '../../../scripts/servers/report.ts';

test('page: a line for each server, with what was found of it, and what went wrong in bold', () => {
  const [first, ...others] = CHECKS.map(({ name }) => ({ check: name, found: `${name} seen` }));
  assert.ok(first);
  const failed = { ...first, found: 'FAILED', failure: 'why' };
  const rows = [
    { name: 'one', version: '1.2', how: '', findings: [first, ...others] },
    { name: 'two', version: '3.4', how: 'TLS', findings: [failed, ...others] },
  ];
  const lines = page(rows, ['a', 'b']).split('\n');
  assert.ok(lines.includes("Debian's packages for all of them: a, b."));
  const seen = others.map(({ found }) => `${found} |`).join(' ');
  assert.ok(lines.includes(`| one | 1.2 |  | ${first.found} | ${seen}`));
  assert.ok(lines.includes(`| two | 3.4 | TLS | **FAILED** | ${seen}`));
});
