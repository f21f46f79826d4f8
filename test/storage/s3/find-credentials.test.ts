import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { readAwsSettings } from '../../../src/storage/s3/aws-settings.ts';
import { CredentialSource, type Credentials } from '../../../src/storage/s3/credentials.ts';
import { findCredentials } from '../../../src/storage/s3/find-credentials.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { serveHttp } from '../../support/tiny-server.ts';

/** Looks for keys in the files and the environment given, and nowhere else. */
async function setUp(t: TestContext, files: { config?: string; credentials?: string } = {}) {
  const directory = await temporaryDirectory(t);
  const [config, credentials] = [join(directory, 'config'), join(directory, 'credentials')];
  await writeFile(config, files.config ?? '');
  await writeFile(credentials, files.credentials ?? '');
  const base = {
    AWS_CONFIG_FILE: config,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_EC2_METADATA_DISABLED: 'true',
  };
  const settings = (more: Record<string, string> = {}) => readAwsSettings({ ...base, ...more });
  const find = (more: Record<string, string> = {}) => findCredentials(() => settings(more));
  return { ...{ find, settings, config, credentials } };
}

const KEYS = 'aws_access_key_id = id\naws_secret_access_key = a/b+c=\n';

test('findCredentials: the environment goes first, and has to be whole', async (t) => {
  const { find } = await setUp(t, { credentials: `[default]\n${KEYS}` });
  const environment = { AWS_ACCESS_KEY_ID: 'mine', AWS_SECRET_ACCESS_KEY: 'hidden' };
  const found = await find({ ...environment, AWS_SESSION_TOKEN: 'token' });
  assert.deepEqual([found.accessKeyId, found.sessionToken], ['mine', 'token']);
  assert.equal((await find()).secretAccessKey, 'a/b+c=');
  await assert.rejects(find({ AWS_ACCESS_KEY_ID: 'mine' }), {
    name: 'BrokenRunError',
    message: /^set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/,
  });
});

test('findCredentials: a profile, of either file or both', async (t) => {
  const config = `[profile work]\nregion = eu-west-1\nservices = mine\n[profile all]\n${KEYS}aws_session_token = token\n[services mine]\ns3 =\n  endpoint_url = http://s3.example\n`;
  const { find, settings } = await setUp(t, { config, credentials: `[work]\n${KEYS}` });
  const work = { AWS_PROFILE: 'work' };
  assert.equal((await find(work)).from, 'the profile work');
  const { region, endpoint } = await settings(work);
  assert.deepEqual([region, endpoint], ['eu-west-1', 'http://s3.example']);
  const other = await settings({ ...work, AWS_REGION: 'a', AWS_ENDPOINT_URL: 'http://other' });
  assert.deepEqual([other.region, other.endpoint], ['a', 'http://other']);
  const ignored = await settings({ ...work, AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' });
  assert.equal(ignored.endpoint, undefined);
  assert.equal((await find({ AWS_PROFILE: 'all' })).sessionToken, 'token');
  await assert.rejects(find({ AWS_PROFILE: 'none' }), {
    message: /^AWS_PROFILE: there is no profile none in .*credentials and .*config$/,
  });
});

test('findCredentials: none at all is one line that says what to do', async (t) => {
  const { find, credentials } = await setUp(t);
  await assert.rejects(find(), {
    name: 'BrokenRunError',
    message: `no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put them into ${credentials} (profile default)`,
  });
});

test('findCredentials: profiles of SSO and roles say how they can be used', async (t) => {
  const config =
    '[profile sso]\nsso_session = a\n[profile role]\nrole_arn = b\nsource_profile = c\n[profile empty]\nregion = d\n';
  const { find } = await setUp(t, { config });
  await assert.rejects(find({ AWS_PROFILE: 'sso' }), {
    message:
      /^the profile sso uses SSO, .*: eval "\$\(aws configure export-credentials --profile sso --format env\)"/,
  });
  await assert.rejects(find({ AWS_PROFILE: 'role' }), {
    message: /^the profile role takes a role,/,
  });
  await assert.rejects(find({ AWS_PROFILE: 'empty' }), {
    message: /^the profile empty in .* has no keys/,
  });
});

test('findCredentials: a credential_process gives keys, and its failure shows none', async (t) => {
  const keys = { Version: 1, AccessKeyId: 'id', SecretAccessKey: 'x', SessionToken: 'y' };
  const expires = { Expiration: '2030-01-02T03:04:05Z' };
  const script = join(await temporaryDirectory(t), 'keys.json');
  await writeFile(script, JSON.stringify({ ...keys, ...expires }));
  const config = `[default]\ncredential_process = cat "${script}"\n[profile bad]\ncredential_process = echo hidden; exit 3\n[profile text]\ncredential_process = echo hidden\n`;
  const { find } = await setUp(t, { config });
  assert.deepEqual(await find(), {
    accessKeyId: 'id',
    secretAccessKey: 'x',
    sessionToken: 'y',
    expiresAt: Date.parse(expires.Expiration),
    from: 'the profile default',
  });
  await assert.rejects(find({ AWS_PROFILE: 'bad' }), {
    message: 'the credential_process of the profile bad ended with 3',
  });
  await assert.rejects(find({ AWS_PROFILE: 'text' }), {
    message: 'the credential_process of the profile text gave no AccessKeyId and SecretAccessKey',
  });
});

test("findCredentials: a container's and an instance's role", async (t) => {
  const seen: string[] = [];
  const keys = { AccessKeyId: 'id', SecretAccessKey: 'x', Token: 'y' };
  const server = createServer(({ method, url, headers }, response) => {
    const token = headers.authorization ?? headers['x-aws-ec2-metadata-token'] ?? '-';
    seen.push(`${method} ${url} ${token}`);
    if (method === 'PUT') response.end('session');
    else if (url?.endsWith('/security-credentials/')) response.end('my-role\n');
    else response.end(JSON.stringify(keys));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { find } = await setUp(t);
  const container = {
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/keys`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'pass',
  };
  assert.equal((await find(container)).sessionToken, 'y');
  const instance = {
    AWS_EC2_METADATA_DISABLED: 'false',
    AWS_EC2_METADATA_SERVICE_ENDPOINT: url,
  };
  assert.equal((await find(instance)).from, "the instance's role my-role");
  const path = '/latest/meta-data/iam/security-credentials/';
  assert.deepEqual(seen, [
    'GET /keys pass',
    'PUT /latest/api/token -',
    `GET ${path} session`,
    `GET ${path}my-role session`,
  ]);
});

test('findCredentials: the token of a Kubernetes pod is exchanged for keys', async (t) => {
  const bodies: URLSearchParams[] = [];
  const { url } = await serveHttp(t, async (request, response) => {
    bodies.push(new URLSearchParams(await text(request)));
    response.end(
      '<R><Credentials><AccessKeyId>id</AccessKeyId><SecretAccessKey>x</SecretAccessKey><SessionToken>y</SessionToken><Expiration>2030-01-02T03:04:05Z</Expiration></Credentials></R>',
    );
  });
  const { find } = await setUp(t, { credentials: `[default]\n${KEYS}` });
  const file = join(await temporaryDirectory(t), 'token');
  await writeFile(file, 'web-token\n');
  const pod = { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: 'arn:aws:iam::1:role/r' };
  assert.deepEqual(await find({ ...pod, AWS_ENDPOINT_URL_STS: url }), {
    accessKeyId: 'id',
    secretAccessKey: 'x',
    sessionToken: 'y',
    expiresAt: Date.parse('2030-01-02T03:04:05Z'),
    from: 'the role arn:aws:iam::1:role/r',
  });
  const [body] = bodies;
  assert.equal(body?.get('WebIdentityToken'), 'web-token');
  assert.equal(body?.get('Action'), 'AssumeRoleWithWebIdentity');
});

test('CredentialSource: keys are replaced before they end, and when the server says so', async () => {
  let [now, count] = [0, 0];
  const found = async (): Promise<Credentials> => ({
    accessKeyId: `${++count}`,
    secretAccessKey: '',
    expiresAt: now + 3_600_000,
    from: '',
  });
  const source = new CredentialSource(found, () => now);
  const [first, same] = [await source.get(), await source.get()];
  assert.equal(first, same);
  now = 3_600_000 - 5 * 60_000;
  const second = await source.get();
  assert.equal(second.accessKeyId, '2');
  assert.equal(await source.replace(first), true);
  assert.equal(count, 2, 'they were replaced already');
  assert.equal(await source.replace(second), true);
  assert.equal((await source.get()).accessKeyId, '3');
});

test('CredentialSource: a failure is not kept, and short-lived keys are not looked for each time', async () => {
  let count = 0;
  const find = async (): Promise<Credentials> => {
    if (++count === 1) throw new Error('no');
    return { accessKeyId: 'a', secretAccessKey: '', expiresAt: 60_000, from: '' };
  };
  const source = new CredentialSource(find, () => 0);
  await assert.rejects(source.get());
  const keys = await source.get();
  await source.get();
  assert.equal(count, 2);
  assert.equal(await source.replace(keys), false);
});
