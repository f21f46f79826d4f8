import { homedir } from 'node:os';
import { join } from 'node:path';
import { type IniSection, readIniFile } from './ini-file.ts';

/** Environment variables. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What the environment and the files in `~/.aws` say, as all tools for AWS read them. */
export interface AwsSettings {
  readonly environment: Environment;
  /** The name of the profile. */
  readonly profile: string;
  /** Whether the user named it. */
  readonly isProfileNamed: boolean;
  /** The profile's settings, of both files together; undefined when neither has it. */
  readonly section: IniSection | undefined;
  /** The files that were read, for messages. */
  readonly files: readonly string[];
  readonly region: string | undefined;
  /** The URL of the S3 server, when it is not that of AWS. */
  readonly endpoint: string | undefined;
}

/**
 * Reads the settings for S3: `AWS_PROFILE`, `AWS_REGION`, `AWS_DEFAULT_REGION`, `AWS_ENDPOINT_URL_S3`,
 * `AWS_ENDPOINT_URL`, `AWS_SHARED_CREDENTIALS_FILE`, `AWS_CONFIG_FILE`, and the profile in the files.
 * @throws the file system's errors
 */
export async function readAwsSettings(environment: Environment): Promise<AwsSettings> {
  const { AWS_PROFILE, AWS_REGION, AWS_DEFAULT_REGION } = environment;
  const { AWS_SHARED_CREDENTIALS_FILE, AWS_CONFIG_FILE } = environment;
  const profile = AWS_PROFILE || 'default';
  const home = environment.HOME || environment.USERPROFILE || homedir();
  const files = [
    AWS_SHARED_CREDENTIALS_FILE || join(home, '.aws', 'credentials'),
    AWS_CONFIG_FILE || join(home, '.aws', 'config'),
  ] as const;
  const [credentials, config] = await Promise.all([readIniFile(files[0]), readIniFile(files[1])]);
  const configured = config.get(`profile ${profile}`) ?? config.get(profile);
  const secret = credentials.get(profile);
  const section = configured || secret ? { ...configured, ...secret } : undefined;
  const services = config.get(`services ${section?.services ?? ''}`);
  const ignoresEndpoints =
    environment.AWS_IGNORE_CONFIGURED_ENDPOINT_URLS === 'true' ||
    section?.ignore_configured_endpoint_urls === 'true';
  const endpoint =
    environment.AWS_ENDPOINT_URL_S3 ||
    environment.AWS_ENDPOINT_URL ||
    services?.['s3.endpoint_url'] ||
    section?.['s3.endpoint_url'] ||
    section?.endpoint_url;
  return {
    environment,
    profile,
    isProfileNamed: Boolean(AWS_PROFILE),
    section,
    files,
    region: AWS_REGION || AWS_DEFAULT_REGION || section?.region || undefined,
    endpoint: ignoresEndpoints ? undefined : endpoint || undefined,
  };
}
