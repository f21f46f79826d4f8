import { readFile } from 'node:fs/promises';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import type { Environment } from './aws-settings.ts';
import type { Credentials } from './credentials.ts';
import { textOf } from './xml.ts';

/** How long a server on this machine may take to answer, in ms. */
const LONGEST = 5_000;

/** How long to wait for the instance's server, in ms. On most machines there is no such server. */
const LONGEST_FOR_INSTANCE = 1_000;

const CONTAINER = 'http://169.254.170.2';
const INSTANCE = 'http://169.254.169.254';

/**
 * The keys of a container's role (ECS, EKS Pod Identity): `AWS_CONTAINER_CREDENTIALS_RELATIVE_URI`, or
 * `AWS_CONTAINER_CREDENTIALS_FULL_URI` with its token.
 * @returns undefined when neither is set @throws BrokenRunError
 */
export async function fromContainer(environment: Environment): Promise<Credentials | undefined> {
  const relative = environment.AWS_CONTAINER_CREDENTIALS_RELATIVE_URI;
  const url = relative ? CONTAINER + relative : environment.AWS_CONTAINER_CREDENTIALS_FULL_URI;
  if (!url) return undefined;
  const file = environment.AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE;
  const token = file
    ? (await readFile(file, 'utf8')).trim()
    : environment.AWS_CONTAINER_AUTHORIZATION_TOKEN;
  const headers: Record<string, string> = token ? { authorization: token } : {};
  const text = await ask('the container', url, { headers }, LONGEST);
  return { ...credentialsIn(text, "the container's role"), from: "the container's role" };
}

/**
 * The keys of an instance's role (EC2, instance metadata version 2).
 * @returns undefined when this is no instance, or it has no role
 * @throws BrokenRunError when it has one, and does not give its keys
 */
export async function fromInstance(environment: Environment): Promise<Credentials | undefined> {
  if (environment.AWS_EC2_METADATA_DISABLED?.toLowerCase() === 'true') return undefined;
  const base = environment.AWS_EC2_METADATA_SERVICE_ENDPOINT || INSTANCE;
  const roles = `${base.replace(/\/$/, '')}/latest/meta-data/iam/security-credentials/`;
  let headers: Record<string, string>;
  let role: string | undefined;
  try {
    const lifetime = { 'x-aws-ec2-metadata-token-ttl-seconds': '21600' };
    const options = { method: 'PUT', headers: lifetime };
    const token = await ask(
      '',
      new URL('/latest/api/token', base).href,
      options,
      LONGEST_FOR_INSTANCE,
    );
    headers = { 'x-aws-ec2-metadata-token': token };
    [role] = (await ask('', roles, { headers }, LONGEST)).trim().split('\n');
  } catch {
    // No server answers: this is no instance. One that has no role says 404.
    return undefined;
  }
  if (!role) return undefined;
  const text = await ask('the instance', roles + role, { headers }, LONGEST);
  return { ...credentialsIn(text, "the instance's role"), from: `the instance's role ${role}` };
}

/**
 * The keys of the role that Kubernetes gives a pod (EKS, "IAM roles for service accounts"): its token is
 * exchanged for them by `AssumeRoleWithWebIdentity` of AWS STS, which takes no signature.
 * @returns undefined when `AWS_WEB_IDENTITY_TOKEN_FILE` and `AWS_ROLE_ARN` are not set
 * @throws BrokenRunError
 */
export async function fromWebIdentity(
  environment: Environment,
  region: string,
): Promise<Credentials | undefined> {
  const { AWS_WEB_IDENTITY_TOKEN_FILE: file, AWS_ROLE_ARN: role } = environment;
  if (!file || !role) return undefined;
  const url = environment.AWS_ENDPOINT_URL_STS || `https://sts.${region}.amazonaws.com`;
  const body = new URLSearchParams({
    Action: 'AssumeRoleWithWebIdentity',
    Version: '2011-06-15',
    RoleArn: role,
    RoleSessionName: environment.AWS_ROLE_SESSION_NAME || 'flaghoist',
    WebIdentityToken: (await readFile(file, 'utf8')).trim(),
  });
  const text = await ask('AWS STS', url, { method: 'POST', body }, LONGEST);
  const keys = {
    AccessKeyId: textOf(text, 'AccessKeyId'),
    SecretAccessKey: textOf(text, 'SecretAccessKey'),
    SessionToken: textOf(text, 'SessionToken'),
    Expiration: textOf(text, 'Expiration'),
  };
  return { ...credentialsOf(keys, 'AWS STS'), from: `the role ${role}` };
}

async function ask(who: string, url: string, options: RequestInit, ms: number): Promise<string> {
  try {
    const response = await fetch(url, {
      ...options,
      redirect: 'error',
      signal: AbortSignal.timeout(ms),
    });
    if (!response.ok) throw new Error(`it answered with ${response.status}`);
    return await response.text();
  } catch (cause) {
    throw new BrokenRunError(`${who} gives no credentials for S3: ${messageOf(cause)}`, { cause });
  }
}

/**
 * Reads keys in JSON.
 * @param what gave them, for the message
 * @throws BrokenRunError
 */
export function credentialsIn(text: string, what: string): Omit<Credentials, 'from'> {
  let keys: Record<string, unknown> | undefined;
  try {
    keys = JSON.parse(text);
  } catch {
    // The text may contain a key, so no message shows it.
  }
  return credentialsOf(keys, what);
}

/** Reads keys by the field names that all these sources use. @throws BrokenRunError */
function credentialsOf(
  keys: Readonly<Record<string, unknown>> | undefined,
  what: string,
): Omit<Credentials, 'from'> {
  const { AccessKeyId, SecretAccessKey, Expiration } = keys ?? {};
  const token = keys?.SessionToken ?? keys?.Token;
  if (typeof AccessKeyId !== 'string' || typeof SecretAccessKey !== 'string') {
    throw new BrokenRunError(`${what} gave no AccessKeyId and SecretAccessKey`);
  }
  const time = typeof Expiration === 'string' ? Date.parse(Expiration) : Number.NaN;
  return {
    accessKeyId: AccessKeyId,
    secretAccessKey: SecretAccessKey,
    sessionToken: typeof token === 'string' && token !== '' ? token : undefined,
    expiresAt: Number.isNaN(time) ? undefined : time,
  };
}
