import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import {
  absoluteSink,
  attemptFolder,
  attemptSink,
  isDirectory,
  recordedPath,
  shownPath,
  storageOf,
} from '../../src/fleet/places.ts';

test('absoluteSink: directories are absolute, buckets stay as they are', () => {
  assert.equal(absoluteSink('photos'), resolve('photos'));
  assert.equal(absoluteSink('tar:photos/'), `tar:${resolve('photos')}`);
  assert.equal(absoluteSink('s3://bucket/a/'), 's3://bucket/a');
  assert.equal(absoluteSink('tar:s3://bucket'), 'tar:s3://bucket');
});

test('recordedPath: is relative to the sink of the plan, whatever a sink calls its files', () => {
  const folder = attemptFolder({ name: 'p' }, 12, '1-ab');
  assert.equal(folder, 'p/000012/1-ab/');
  for (const [sink, path] of [
    ['/data', '/data/p/000012/1-ab/x/y.jpg'],
    ['tar:/data', '/data/p/000012/1-ab/x/y.jpg'],
    ['s3://b/c', 's3://b/c/p/000012/1-ab/x/y.jpg'],
    ['s3://b/c', 'x/y.jpg'],
  ] as const) {
    const recorded = recordedPath(path, { sink, folder });
    assert.equal(recorded, 'p/000012/1-ab/x/y.jpg', `${sink} ${path}`);
  }
  assert.equal(shownPath('tar:s3://b/c', 'p/x'), 's3://b/c/p/x');
  assert.equal(shownPath(resolve('out'), 'p/x'), join('out', 'p/x'));
});

test('attemptSink: is the sink of the plan, in the folder of the attempt', () => {
  assert.equal(attemptSink('tar:s3://b/c', 'p/000001/1-ab/'), 'tar:s3://b/c/p/000001/1-ab');
  assert.deepEqual(['/a', 'tar:/a', 's3://b'].map(isDirectory), [true, false, false]);
  assert.equal(storageOf('tar:/a'), '/a');
});
