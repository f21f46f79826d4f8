import { BrokenRunError } from '../../model/broken-run-error.ts';
import type { AwsSettings } from './aws-settings.ts';
import type { Credentials } from './credentials.ts';
import { fromContainer, fromInstance, fromWebIdentity } from './metadata-credentials.ts';
import { fromProcess } from './process-credentials.ts';
import { DEFAULT_REGION } from './s3-location.ts';

/**
 * Looks for keys where the AWS command does, in its order: the environment, the role of a Kubernetes pod,
 * the profile (keys, or a `credential_process`), a container's role, an instance's role. Profiles that use SSO or take a role are
 * not followed.
 *
 * @param readSettings reads the settings anew, since the files may have new keys
 * @throws BrokenRunError with a line that says what was looked at, and what to do
 */
export async function findCredentials(
  readSettings: () => Promise<AwsSettings>,
): Promise<Credentials> {
  const settings = await readSettings();
  const { environment } = settings;
  const [accessKeyId, secretAccessKey] = [
    environment.AWS_ACCESS_KEY_ID,
    environment.AWS_SECRET_ACCESS_KEY,
  ];
  if (accessKeyId && secretAccessKey) {
    const sessionToken = environment.AWS_SESSION_TOKEN || undefined;
    return { accessKeyId, secretAccessKey, sessionToken, from: 'the environment' };
  }
  if (accessKeyId || secretAccessKey) {
    throw new BrokenRunError(
      `set both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: only one of them is there`,
    );
  }
  const found =
    (await fromWebIdentity(environment, settings.region ?? DEFAULT_REGION)) ??
    (await fromProfile(settings)) ??
    (await fromContainer(environment)) ??
    (await fromInstance(environment));
  if (found !== undefined) return found;
  throw new BrokenRunError(
    `no credentials for S3: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or put them into ${settings.files[0]} (profile ${settings.profile})`,
  );
}

async function fromProfile(settings: AwsSettings): Promise<Credentials | undefined> {
  const { section, profile, isProfileNamed, files } = settings;
  if (section === undefined) {
    if (!isProfileNamed) return undefined;
    throw new BrokenRunError(
      `AWS_PROFILE: there is no profile ${profile} in ${files.join(' and ')}`,
    );
  }
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = section;
  const from = `the profile ${profile}`;
  const command = section.credential_process;
  // A profile that takes a role may have keys of its own, which are those of its source.
  const kind = unsupportedKind(section);
  if (kind !== undefined && command === undefined) {
    throw new BrokenRunError(
      `the profile ${profile} ${kind}, which flaghoist does not do itself; run it as: eval "$(aws configure export-credentials --profile ${profile} --format env)", or set credential_process in ${files[1]}`,
    );
  }
  if (accessKeyId && secretAccessKey && kind === undefined) {
    const sessionToken = section.aws_session_token || undefined;
    return { accessKeyId, secretAccessKey, sessionToken, from };
  }
  if (command) return await fromProcess(command, from);
  if (!isProfileNamed) return undefined;
  throw new BrokenRunError(`the profile ${profile} in ${files.join(' and ')} has no keys`);
}

function unsupportedKind(section: Readonly<Record<string, string>>): string | undefined {
  if (section.sso_session || section.sso_start_url) return 'uses SSO';
  if (section.role_arn) return 'takes a role';
  return undefined;
}
