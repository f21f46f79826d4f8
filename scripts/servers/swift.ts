// npm run test:swift: the storage in S3 against OpenStack Swift with its S3 interface, as Debian has it:
//
//   apt-get install swift-proxy swift-account swift-container swift-object memcached
//
// It is a server that others wrote, checks signatures to the letter, and knows If-None-Match, uploads in
// parts and their removal, and listings of several pages. It takes ten seconds.
import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CredentialSource } from '../../src/storage/s3/credentials.ts';
import { S3Client } from '../../src/storage/s3/s3-client.ts';
import { addressOf } from '../../src/storage/s3/s3-location.ts';
import { S3Storage } from '../../src/storage/s3-storage.ts';

/** The ports of the servers, from this one on. */
const FIRST_PORT = Number(process.env.SWIFT_PORT ?? 16_080);
const PORTS = { proxy: FIRST_PORT, object: FIRST_PORT + 1, container: FIRST_PORT + 2 } as const;
const ACCOUNT_PORT = FIRST_PORT + 3;
const CACHE_PORT = FIRST_PORT + 4;
const ENDPOINT = `http://127.0.0.1:${PORTS.proxy}`;
const [USER, KEY] = ['test:tester', 'testing'];

const folder = await mkdtemp(join(tmpdir(), 'flaghoist-swift-'));
const started: ChildProcess[] = [];
try {
  await startSwift();
  await check();
  process.stdout.write('Swift: all is as it should be\n');
} finally {
  for (const server of started) server.kill();
  await rm(folder, { recursive: true, force: true });
}

async function startSwift(): Promise<void> {
  await mkdir(join(folder, 'devices/d1'), { recursive: true });
  await write('swift.conf', { 'swift-hash': { swift_hash_path_suffix: 'x' } });
  const ports = { ...PORTS, account: ACCOUNT_PORT };
  for (const kind of ['account', 'container', 'object'] as const) {
    ring(kind, ports[kind]);
    const server = `${kind}-server`;
    await write(`${kind}.conf`, {
      DEFAULT: { ...common(ports[kind]), devices: join(folder, 'devices'), mount_check: 'false' },
      'pipeline:main': { pipeline: server },
      [`app:${server}`]: { use: `egg:swift#${kind}` },
    });
    start(`swift-${server}`, join(folder, `${kind}.conf`));
  }
  await write('proxy.conf', {
    DEFAULT: common(PORTS.proxy),
    'pipeline:main': { pipeline: 'cache s3api tempauth slo proxy-server' },
    'app:proxy-server': { use: 'egg:swift#proxy', account_autocreate: 'true' },
    'filter:cache': { use: 'egg:swift#memcache', memcache_servers: `127.0.0.1:${CACHE_PORT}` },
    'filter:s3api': { use: 'egg:swift#s3api', location: 'us-east-1' },
    'filter:tempauth': { use: 'egg:swift#tempauth', user_test_tester: `${KEY} .admin` },
    'filter:slo': { use: 'egg:swift#slo' },
  });
  start('memcached', '-l', '127.0.0.1', '-p', String(CACHE_PORT), '-u', 'root');
  start('swift-proxy-server', join(folder, 'proxy.conf'));
  for (const port of [...Object.values(ports), CACHE_PORT]) await listens(port);
}

function common(port: number): Record<string, string> {
  const place = { swift_dir: folder, user: 'root', log_level: 'ERROR' };
  return { bind_ip: '127.0.0.1', bind_port: String(port), workers: '1', ...place };
}

function ring(kind: string, port: number): void {
  const builder = (...args: string[]) => {
    execFileSync('swift-ring-builder', [join(folder, `${kind}.builder`), ...args]);
  };
  builder('create', '2', '1', '0');
  builder('add', `r1z1-127.0.0.1:${port}/d1`, '1');
  builder('rebalance');
}

async function write(name: string, sections: Record<string, Record<string, string>>) {
  const lines = Object.entries(sections).flatMap(([section, values]) => [
    `[${section}]`,
    ...Object.entries(values).map(([key, value]) => `${key} = ${value}`),
  ]);
  await writeFile(join(folder, name), `${lines.join('\n')}\n`);
}

function start(command: string, ...args: string[]): void {
  const env = { ...process.env, SWIFT_DIR: folder };
  started.push(spawn(command, args, { stdio: 'ignore', env }));
}

async function listens(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.on('connect', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await setTimeout(100);
  }
  throw new Error(`nothing listens on port ${port}`);
}

async function check(): Promise<void> {
  const environment = {
    AWS_ACCESS_KEY_ID: USER,
    AWS_SECRET_ACCESS_KEY: KEY,
    AWS_ENDPOINT_URL: ENDPOINT,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const open = (location: string, more = {}) =>
    S3Storage.open(location, { environment: { ...environment, ...more } });
  await assert.rejects(open('s3://missing'), { message: /\(NoSuchBucket\)/ });
  await assert.rejects(open('s3://bucket', { AWS_SECRET_ACCESS_KEY: 'wrong' }), {
    message: /\(SignatureDoesNotMatch\)/,
  });

  const keys = { accessKeyId: USER, secretAccessKey: KEY, from: '' };
  using client = new S3Client({
    address: addressOf({ bucket: 'bucket', prefix: '' }, ENDPOINT, 'us-east-1'),
    region: 'us-east-1',
    credentials: new CredentialSource(async () => keys),
    ...{ location: 's3://bucket', environment },
  });
  await client.send({ what: 'cannot make the bucket', method: 'PUT' });

  await using storage = await open('s3://bucket/pre fix/ü');
  const name = "a b/c+d&e='(ü)*!~.txt";
  const small = [Buffer.from('small')];
  await storage.put(name, small, { contentType: 'text/plain; charset=utf-8', ifAbsent: true });
  assert.equal(await storage.put(name, [Buffer.from('other')], { ifAbsent: true }), undefined);
  assert.equal((await storage.stat(name))?.bytes, 5);

  const large = randomBytes(20 * 1024 * 1024);
  const file = { path: join(folder, 'large'), bytes: large.length };
  await writeFile(file.path, large);
  const stored = await storage.put('large', file, { ifAbsent: true });
  assert.ok(stored && (await storage.hasContents(stored, file)));
  const read = Buffer.concat(await Array.fromAsync(storage.read('large')));
  assert.ok(read.equals(large));
  const draft = await storage.create('discarded');
  await draft.write(large);
  await draft.discard();
  const what = 'cannot list the uploads';
  const { text } = await client.send({ what, method: 'GET', query: { uploads: '' } });
  assert.equal(text.includes('<Upload>'), false);

  const many = Array.from({ length: 1100 }, (_, index) => `many/${index}`);
  await Promise.all(many.map((each) => storage.put(each, small)));
  assert.equal((await Array.fromAsync(storage.list('many/'))).length, many.length);
  const names = await Array.fromAsync(storage.list(), (object) => object.name);
  assert.ok(names.includes(name) && names.includes('large') && !names.includes('discarded'));
  await storage.remove(name);
  assert.equal(await storage.stat(name), undefined);
}
