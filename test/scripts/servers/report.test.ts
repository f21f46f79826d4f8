import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CHECKS } from '../../../scripts/servers/checks.ts';
import type { Program } from '../../../scripts/servers/program.ts';
import { page } from '../../../scripts/servers/report.ts';

const serverOf = (name: string, ...packages: Program['packages']): Program => ({
  ...{ name, packages },
  command: () => [],
});

test('page: a line for each server with its findings, failures in bold', () => {
  const [first, ...others] = CHECKS.map(({ name }) => ({ check: name, found: `${name} seen` }));
  assert.ok(first);
  const failed = { ...first, found: 'FAILED', failure: 'why' };
  const [one, two] = [serverOf('one', 'b'), serverOf('two', 'c', 'a')];
  const lines = page([
    { program: one, version: '1.2', how: '', findings: [first, ...others] },
    { program: two, version: '3.4', how: 'TLS', findings: [failed, ...others] },
  ]).split('\n');
  assert.ok(lines.includes("Debian's packages for all of them: a, b, c."));
  const seen = others.map(({ found }) => `${found} |`).join(' ');
  assert.ok(lines.includes(`| one | 1.2 |  | ${first.found} | ${seen}`));
  assert.ok(lines.includes(`| two | 3.4 | TLS | **FAILED** | ${seen}`));
});
