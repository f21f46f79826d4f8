import { readFile } from 'node:fs/promises';
import { BrokenRunError } from '../../model/broken-run-error.ts';
import { messageOf } from '../../model/error-words.ts';
import { StorageError } from '../storage-error.ts';
import { type AwsSettings, type Environment, readAwsSettings } from './aws-settings.ts';
import { CredentialSource } from './credentials.ts';
import { findCredentials } from './find-credentials.ts';
import { S3Client, type S3ClientOptions } from './s3-client.ts';
import { isDenied, S3Error } from './s3-errors.ts';
import { addressOf, DEFAULT_REGION, type S3Location, shownLocation } from './s3-location.ts';

/** How a client is found. */
export interface OpenClientOptions extends Pick<S3ClientOptions, 'backoff' | 'random' | 'idle'> {
  /** Where credentials, region, endpoint and proxy are looked for, as the AWS command does. */
  readonly environment: Environment;
  /** The URL of a server other than AWS; it goes before those of the environment and the profile. */
  readonly endpoint?: string | undefined;
}

/** At the start, a server that does not answer is given up sooner than in the middle of a run. */
const FIRST_TRIES = 4;

/**
 * Makes a client by the user's settings, and asks the server for the bucket.
 * @throws RangeError for the endpoint; BrokenRunError with a line that says what is wrong and what to do
 */
export async function openClient(place: S3Location, options: OpenClientOptions): Promise<S3Client> {
  const { backoff, random, idle, environment } = options;
  const settings = await readSettings(environment);
  const endpoint = options.endpoint ?? settings.endpoint;
  const region = settings.region ?? DEFAULT_REGION;
  const address =
    options.endpoint === undefined
      ? configuredAddress(place, settings)
      : addressOf(place, options.endpoint, region);
  const client = new S3Client({
    ...{ address, region, environment, backoff, random, idle },
    credentials: new CredentialSource(() => findCredentials(() => readSettings(environment))),
    location: shownLocation(place),
    ca: await readCertificates(environment),
    inRegion: endpoint === undefined ? (to) => addressOf(place, undefined, to) : undefined,
  });
  try {
    await checkBucket(client, place);
    return client;
  } catch (error) {
    client[Symbol.dispose]();
    throw error;
  }
}

/**
 * Lists a prefix without objects. Unlike an answer to HEAD, this one has a body that says what is wrong.
 */
async function checkBucket(client: S3Client, place: S3Location): Promise<void> {
  try {
    await client.send({
      what: `cannot use ${shownLocation(place)}`,
      method: 'GET',
      query: { 'list-type': '2', 'max-keys': '1', prefix: `${place.prefix}.flaghoist-check` },
      tries: FIRST_TRIES,
    });
  } catch (error) {
    // Credentials may be for uploads alone.
    if (isDenied(error)) return;
    if (!(error instanceof StorageError)) throw error;
    const isMissing = error instanceof S3Error && error.status === 404;
    const what = isMissing ? ': there is no such bucket, or no S3 server' : '';
    throw new BrokenRunError(`${messageOf(error)}${what}; check the endpoint, ${client.origin}`, {
      cause: error,
    });
  }
}

/** @throws BrokenRunError */
async function readSettings(environment: Environment) {
  try {
    return await readAwsSettings(environment);
  } catch (cause) {
    throw new BrokenRunError(`cannot read the settings of AWS: ${messageOf(cause)}`, { cause });
  }
}

/** @throws BrokenRunError when the endpoint that the environment or the profile names makes no sense */
function configuredAddress(place: S3Location, { endpoint, region = DEFAULT_REGION }: AwsSettings) {
  try {
    return addressOf(place, endpoint, region);
  } catch (cause) {
    const where = 'AWS_ENDPOINT_URL, or endpoint_url of the profile';
    throw new BrokenRunError(`${where}: ${messageOf(cause)}`, { cause });
  }
}

/** The certificates that `AWS_CA_BUNDLE` names. @throws BrokenRunError */
async function readCertificates({ AWS_CA_BUNDLE }: Environment): Promise<string | undefined> {
  if (!AWS_CA_BUNDLE) return undefined;
  try {
    return await readFile(AWS_CA_BUNDLE, 'utf8');
  } catch (cause) {
    throw new BrokenRunError(`AWS_CA_BUNDLE: cannot be read: ${messageOf(cause)}`, { cause });
  }
}
