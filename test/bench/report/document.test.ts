import assert from 'node:assert/strict';
import { test } from 'node:test';
import { casesIn, renderDocument } from '../../../bench/report/document.ts';
import { caseResult } from '../case-result.ts';
import { contender } from '../contender.ts';

const GOAL = { name: 'Peak memory', unit: 'bytes', sense: 'at most', bound: 300e6 } as const;

test('renderDocument: lists the goals of all cases, met or not', () => {
  const cases = [
    caseResult({ name: 'one', goals: [{ ...GOAL, value: 250e6 }] }),
    caseResult({ name: 'two', goals: [{ ...GOAL, value: 350e6 }] }),
  ];
  const document = renderDocument({ cases }, []);
  assert.match(document, /\| one +\| Peak memory \| at most 300 MB \| +250 MB \| +yes \|/);
  assert.match(document, /\| two +\| Peak memory \| at most 300 MB \| +350 MB \| \*\*no\*\* \|/);
});

test('renderDocument: says when, how often and on which machine a case was run', () => {
  const document = renderDocument({ cases: [caseResult()] }, []);
  assert.match(document, /10,000 rows, 5 rounds, 2026-01-02; load before: 0\.250\./);
  assert.match(
    document,
    /A CPU, 2 cores, 8 GB of memory, Linux 6\.1, Node 26\.0\.0, nginx 1\.22\.1\./,
  );
});

test('renderDocument: names the cases without results', () => {
  const document = renderDocument({ cases: [caseResult({ name: 'one' })] }, [
    'one',
    'two',
    'three',
  ]);
  assert.match(document, /Not measured yet: two, three\.\n/);
});

test('renderDocument: lists several machines with their cases', () => {
  const here = caseResult({ name: 'here' });
  const there = caseResult({ name: 'there', machine: { ...here.machine, cores: 16 } });
  const document = renderDocument({ cases: [here, there] }, []);
  assert.match(document, /- here: A CPU, 2 cores/);
  assert.match(document, /- there: A CPU, 16 cores/);
});

test('renderDocument: names each program and its version once', () => {
  const curl = { ...contender('curl -Z', [1]), version: '8.0.0' };
  const found = caseResult({ contenders: [curl] });
  const document = renderDocument({ cases: [found, { ...found, name: 'again' }] }, []);
  assert.match(document, /## Programs\n\ncurl -Z 8\.0\.0\.\n/);
});

test('casesIn: names the cases that a document has results of', () => {
  const cases = [caseResult({ name: 'one' }), caseResult({ name: 'http-10k' })];
  assert.deepEqual(casesIn(renderDocument({ cases }, ['one', 'other'])), ['one', 'http-10k']);
});
