import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runFlags } from '../../../src/cli/commands/flags.ts';
import type { download } from '../../../src/download.ts';
import { BrokenRunError } from '../../../src/model/broken-run-error.ts';
import { cancelledOutcome, type Outcome } from '../../../src/model/outcome.ts';

const RUN = {
  // No request goes to it.
  site: { label: 'REMOTE', url: 'http://127.0.0.1:9/flags' },
  codes: ['BR', 'IN', 'US'],
  maxRequests: 3,
  verbose: true,
} as const;

/** A replacement for `download` that yields outcomes for these rows only. */
function ending(...indices: number[]): typeof download {
  return async function* (): AsyncGenerator<Outcome, void, undefined> {
    for (const index of indices) yield cancelledOutcome({ index, url: '' });
  };
}

test('runFlags: a flag without an outcome is unaccounted for', async () => {
  await assert.rejects(runFlags(RUN, ending(0, 2)), (error) => {
    assert.ok(error instanceof BrokenRunError);
    assert.match(error.message, /^some downloads are unaccounted for \(IN\)/);
    return true;
  });
});

test('runFlags: a flag with two outcomes is unaccounted for', async () => {
  await assert.rejects(runFlags(RUN, ending(0, 1, 2, 1)), /unaccounted for \(IN\)/);
});

test('runFlags: flags with one outcome each are accounted for', async () => {
  await runFlags(RUN, ending(2, 0, 1));
});
