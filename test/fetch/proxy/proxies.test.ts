import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Proxies, proxiesOf } from '../../../src/fetch/proxy/proxies.ts';

const via = (proxies: Proxies, url: string) => proxies.for(new URL(url))?.url.href;

test('Proxies: each scheme has its own', () => {
  const proxies = new Proxies({ http: 'proxy:3128', https: 'https://secure:8443' });
  assert.equal(via(proxies, 'http://h/'), 'http://proxy:3128/');
  assert.equal(via(proxies, 'https://h/'), 'https://secure:8443/');
  assert.equal(via(new Proxies({ http: 'proxy' }), 'https://h/'), undefined);
  assert.equal(via(new Proxies({}), 'http://h/'), undefined);
});

test('Proxies: sends credentials to the proxy', () => {
  const proxy = new Proxies({ http: 'http://a%40b:p%3Aw@proxy' }).for(new URL('http://h/'));
  const headers = proxy?.kind === 'http' ? proxy.headers : undefined;
  const authorization = `Basic ${Buffer.from('a@b:p:w').toString('base64')}`;
  assert.deepEqual(headers, { 'proxy-authorization': authorization });
});

for (const proxy of [
  'ftp://u:s3cret@h',
  'nonsense://u:s3cret@h',
  'http://',
  'socks5://',
  'socks5://u:s3cret@:1',
  'socks5h://u:s3cret@h:70000',
  'http://u:s3cret@h:99999',
  'http://u:s3cret@h:0',
  'http://u:s3cret@h:x',
  'u:s3cret@',
  `socks5://${'s3cret'.repeat(50)}:p@h`,
]) {
  test(`Proxies: ${proxy.slice(0, 40)} is refused`, () => {
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
  ['0:0:0:0:0:0:0:1', 'http://[::1]/', true],
  ['[2001:DB8::0:1]', 'http://[2001:db8::1]/', true],
  ['fe80::1%eth0', 'http://[fe80::1]/', true],
  ['10.0.0.0/8', 'http://10.255.0.1/', true],
  ['10.0.0.0/8', 'http://11.0.0.1/', false],
  ['10.0.0.0/8', 'http://[::ffff:10.0.0.1]/', true],
  ['10.0.0.7/8', 'http://10.1.1.1/', true],
  ['10.0.0.0/33', 'http://10.0.0.0/', false],
  ['10.0.0.0/x', 'http://10.0.0.0/', false],
  ['10.0.0.0/8', 'http://name/', false],
  ['fd00::/8', 'http://[fdab::1]/', true],
  ['[fd00::]/8', 'http://[fdab::1]/', true],
  ['::/0', 'http://10.0.0.1/', false],
  ['0.0.0.0/0', 'http://10.0.0.1/', true],
  ['host/8', 'http://host/', false],
  ['0.0.1', 'http://10.0.0.1/', false],
  ['bücher.example', 'http://b%C3%BCcher.example/', true],
  ['..', 'http://h/', false],
  ['[', 'http://h/', false],
  ['[::1', 'http://[::1]/', false],
  ['*', 'http://h/', true],
  ['', 'http://h/', false],
  [',,', 'http://h/', false],
] as const) {
  test(`Proxies: ${url} is ${direct ? '' : 'not '}excepted by ${JSON.stringify(except)}`, () => {
    const proxies = new Proxies({ http: 'proxy', except });
    assert.equal(via(proxies, url), direct ? undefined : 'http://proxy/');
  });
}

for (const [url, version, resolves, host, port] of [
  ['socks4://h', 4, false, 'h', 1080],
  ['socks4a://H:1', 4, true, 'h', 1],
  ['socks5://[::1]:80', 5, false, '::1', 80],
  ['SOCKS5H://bücher.example', 5, true, 'xn--bcher-kva.example', 1080],
  ['socks://h', 5, true, 'h', 1080],
] as const) {
  test(`Proxies: ${url} is SOCKS ${version}`, () => {
    const proxies = new Proxies({ https: url });
    const proxy = proxies.for(new URL('https://h/'));
    assert.ok(proxy?.kind === 'socks');
    assert.deepEqual([proxy.version, proxy.resolves], [version, resolves]);
    assert.deepEqual(proxy.destination, { host, port, isSecure: false });
    assert.equal(proxies.resolveNames, resolves);
  });
}

test('Proxies: SOCKS gets the user and the password of the URL', () => {
  const proxy = new Proxies({ http: 'socks5h://a%40b:p%3Aw@h' }).for(new URL('http://h/'));
  assert.ok(proxy?.kind === 'socks');
  assert.deepEqual([proxy.username, proxy.password], ['a@b', 'p:w']);
});

test('proxiesOf: reads the environment, lower case first', () => {
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

test('proxiesOf: HTTP_PROXY of a program that a web server runs is the header of a request', () => {
  const environment = { REQUEST_METHOD: 'GET', HTTP_PROXY: 'theirs', HTTPS_PROXY: 'ours' };
  assert.deepEqual(
    [proxiesOf(environment).http, proxiesOf(environment).https],
    [undefined, 'ours'],
  );
  assert.equal(proxiesOf({ ...environment, http_proxy: 'ours' }).http, 'ours');
});

test('proxiesOf: names the variable with an invalid proxy, without its value', () => {
  for (const [environment, variable] of [
    [{ all_proxy: 'nonsense://u:s3cret@h' }, 'all_proxy'],
    [{ HTTPS_PROXY: 'http://u:s3cret@' }, 'HTTPS_PROXY'],
  ] as const) {
    assert.throws(
      () => proxiesOf(environment),
      (error: Error) => {
        assert.equal(error.name, 'TypeError');
        assert.ok(error.message.startsWith(`${variable}: a proxy must be`), error.message);
        return !error.message.includes('s3cret');
      },
    );
  }
});
