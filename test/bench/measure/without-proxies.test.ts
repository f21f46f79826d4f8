import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withoutProxies } from '../../../bench/measure/without-proxies.ts';

test('withoutProxies: keeps all other variables', () => {
  const environment = { PATH: '/bin', HTTP_PROXY: 'http://proxy', https_proxy: 'http://proxy' };
  assert.deepEqual(withoutProxies(environment), { PATH: '/bin' });
});
