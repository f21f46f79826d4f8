import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Claim, entitlement, freeOf, split } from '../../../src/fleet/limits/fair-share.ts';

const claimsOf = (...demands: number[]): Claim[] => demands.map((demand) => ({ demand, share: 0 }));

/** What each gets that comes in turn, with nothing taken before. */
function shares(limit: number, ...demands: number[]): number[] {
  const claims = demands.map((demand) => ({ demand, share: 0 }));
  // Twice: the second time, those that were short have what is theirs.
  for (let round = 0; round < 2; round++) {
    for (const claim of claims) {
      const most = entitlement(split(limit, claims), claim.demand);
      claim.share = Math.min(Math.max(most, 0), claim.share + freeOf(limit, claims));
    }
  }
  return claims.map(({ share }) => share);
}

test('split: one that is alone may have everything', () => {
  assert.deepEqual(shares(8, 3), [8]);
  assert.deepEqual(shares(8, 100), [8]);
  assert.deepEqual(shares(8, 0), [8]);
});

test('split: equal demands have equal shares, and the rest goes to the first', () => {
  assert.deepEqual(shares(8, 100, 100), [4, 4]);
  assert.deepEqual(shares(5, 100, 100), [3, 2]);
  assert.deepEqual(shares(4, 9, 9, 9), [2, 1, 1]);
});

test('split: what one does not need is for the others', () => {
  assert.deepEqual(shares(100, 1, 100, 100), [1, 50, 49]);
  assert.deepEqual(shares(10, 2, 3, 100), [2, 3, 5]);
});

test('split: what no one needs is for all, so that a demand may grow', () => {
  assert.deepEqual(shares(100, 10, 20), [45, 55]);
});

test('split: with a limit below their number, some have none', () => {
  assert.deepEqual(shares(1, 5, 5), [1, 0]);
  assert.deepEqual(shares(2, 5, 5, 5), [1, 1, 0]);
});

test('split: the rest of a division is given back when one lacks its part', () => {
  const claims = [
    { share: 2, demand: 9 },
    { share: 2, demand: 9 },
    { share: 0, demand: 9 },
  ];
  const short = split(4, claims);
  assert.deepEqual(short, { level: 1, headroom: 0, isShort: true });
  assert.equal(entitlement(short, 9), 1);
});

test('split, entitlement: never more than the limit in all, however the claims come and go', () => {
  let seed = 1;
  const draw = (below: number) => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  for (let round = 0; round < 300; round++) {
    const limit = 1 + draw(12);
    const claims: { share: number; demand: number }[] = [];
    for (let step = 0; step < 60; step++) {
      if (claims.length < 2 || draw(10) === 0) claims.push({ share: 0, demand: draw(20) });
      const claim = claims[draw(claims.length)];
      if (claim === undefined) continue;
      if (draw(4) === 0) claim.demand = draw(20);
      const most = entitlement(split(limit, claims), claim.demand);
      claim.share = Math.min(claim.share, most);
      claim.share = Math.min(most, claim.share + freeOf(limit, claims));
      const sum = claims.reduce((total, { share }) => total + share, 0);
      assert.ok(sum <= limit, `${sum} of ${limit}`);
    }
    // Once no demand changes, each has what is its part.
    for (let turn = 0; turn < 3; turn++) {
      for (const claim of claims) {
        const most = entitlement(split(limit, claims), claim.demand);
        claim.share = Math.min(Math.min(claim.share, most) + freeOf(limit, claims), most);
      }
    }
    const { level, isShort } = split(limit, claims);
    assert.equal(isShort, false);
    for (const { share, demand } of claims) assert.ok(share >= Math.min(level, demand));
  }
});

test('freeOf: what no claim has; none when claims have more than the limit', () => {
  assert.equal(freeOf(5, claimsOf(9, 9)), 5);
  assert.equal(freeOf(5, [{ share: 9, demand: 1 }]), 0);
});
