import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inResolverNamespace } from '../../../bench/openweb/resolver-namespace.ts';

const FILES = { resolv: '/web/resolv.conf', nsswitch: '/web/nsswitch.conf' };
const COMMAND = { file: 'aria2c', args: ['--dir', 'a b'] };

test('inResolverNamespace: the command comes last, unchanged', () => {
  const { file, args } = inResolverNamespace(COMMAND, FILES);
  assert.equal(file, 'unshare');
  assert.deepEqual(args.slice(-5), [
    '/web/resolv.conf',
    '/web/nsswitch.conf',
    'aria2c',
    '--dir',
    'a b',
  ]);
});

test('inResolverNamespace: limits open files only if asked to', () => {
  assert.ok(
    inResolverNamespace(COMMAND, { ...FILES, openFiles: 1024 })
      .args.join()
      .includes('ulimit -n 1024'),
  );
  assert.ok(!inResolverNamespace(COMMAND, FILES).args.join().includes('ulimit'));
});
