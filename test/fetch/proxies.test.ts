import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Proxies, proxiesOf } from '../../src/fetch/proxies.ts';

const via = (proxies: Proxies, url: string) => proxies.for(new URL(url))?.url.href;

test('Proxies: each scheme has its own', () => {
  const proxies = new Proxies({ http: 'proxy:3128', https: 'https://secure:8443' });
  assert.equal(via(proxies, 'http://h/'), 'http://proxy:3128/');
  assert.equal(via(proxies, 'https://h/'), 'https://secure:8443/');
  assert.equal(via(new Proxies({ http: 'proxy' }), 'https://h/'), undefined);
  assert.equal(via(new Proxies({}), 'http://h/'), undefined);
});

test('Proxies: tells the proxy who asks', () => {
  const { headers } =
    new Proxies({ http: 'http://a%40b:p%3Aw@proxy' }).for(new URL('http://h/')) ?? {};
  const authorization = `Basic ${Buffer.from('a@b:p:w').toString('base64')}`;
  assert.deepEqual(headers, { 'proxy-authorization': authorization });
});

for (const proxy of ['socks5://u:s3cret@h:1', 'ftp://u:s3cret@h', 'http://', 'u:s3cret@']) {
  test(`Proxies: ${proxy} is none`, () => {
    assert.throws(
      () => new Proxies({ http: proxy }),
      (error: Error) => {
        assert.equal(error.name, 'TypeError');
        assert.doesNotMatch(error.message, /s3cret/);
        return true;
      },
    );
  });
}

for (const [except, url, direct] of [
  ['example.com', 'http://example.com/', true],
  ['example.com', 'http://a.example.com/', true],
  ['example.com', 'http://badexample.com/', false],
  ['.example.com, other', 'http://other./', true],
  ['*.example.com', 'http://a.EXAMPLE.com/', true],
  ['a b\tlocalhost', 'http://localhost:8080/', true],
  ['localhost:8080', 'http://localhost:8080/', true],
  ['localhost:8080', 'http://localhost/', false],
  ['localhost:80', 'http://localhost/', true],
  ['10.0.0.1', 'http://10.0.0.1/', true],
  ['::1', 'http://[::1]:8080/', true],
  ['[::1]:8080', 'http://[::1]:8080/', true],
  ['[::1]:8080', 'http://[::1]/', false],
  ['*', 'http://h/', true],
  ['', 'http://h/', false],
  [',,', 'http://h/', false],
] as const) {
  test(`Proxies: ${url} is ${direct ? '' : 'not '}excepted by ${JSON.stringify(except)}`, () => {
    const proxies = new Proxies({ http: 'proxy', except });
    assert.equal(via(proxies, url), direct ? undefined : 'http://proxy/');
  });
}

test('proxiesOf: what the environment says, lower case first', () => {
  assert.deepEqual(
    proxiesOf({ HTTP_PROXY: 'a', https_proxy: 'b', HTTPS_PROXY: 'c', NO_PROXY: 'd' }),
    {
      http: 'a',
      https: 'b',
      except: 'd',
    },
  );
  assert.deepEqual(proxiesOf({ ALL_PROXY: 'a', http_proxy: '' }), {
    http: 'a',
    https: 'a',
    except: undefined,
  });
});
