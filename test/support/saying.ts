import assert from 'node:assert/strict';
import { BrokenRunError } from '../../src/model/broken-run-error.ts';

/** For `assert.rejects`: the run is broken, by one line that `pattern` matches and that shows no `secret`. */
export function saying(pattern: RegExp): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof BrokenRunError, String(error));
    assert.match(error.message, pattern);
    assert.doesNotMatch(error.message, /secret|\n/);
    return true;
  };
}
