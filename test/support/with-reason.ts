import assert from 'node:assert/strict';
import { reasonOf } from '../../src/model/reason.ts';

/** For `assert.rejects` and `assert.throws`: the error has this reason. */
export function withReason(reason: string): (error: unknown) => true {
  return (error) => {
    assert.equal(reasonOf(error), reason, String(error));
    return true;
  };
}
