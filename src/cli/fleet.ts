import { basename } from 'node:path';
import type { Database } from '../fleet/database.ts';
import type { Plan } from '../fleet/plans.ts';
import { safeLine } from '../model/safe-text.ts';
import { shellWord } from '../report/command-line.ts';
import { type FleetOptionValues, POSTGRES_URL } from './options/fleet.ts';
import { GET_OPTIONS, type GetOptions, parsePlannedOptions } from './options/get-options.ts';
import { type RememberedOptions, readRemembered } from './options/remembered.ts';
import { UsageError } from './options/values.ts';

/**
 * The URL of the database: from the option, in the place of a directory, or from the environment. Warns on
 * stderr of a password that other users of the machine can see.
 * @throws UsageError when no database is named
 */
export function databaseUrl(
  { database }: Pick<FleetOptionValues, 'database'>,
  place = '',
  environment: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const given = database ?? (POSTGRES_URL.test(place) ? place : undefined);
  const url = given ?? environment.FLAGHOIST_DATABASE;
  if (url === undefined || url === '') {
    throw new UsageError(
      'name the database: --database postgres://HOST/NAME, or FLAGHOIST_DATABASE',
    );
  }
  if (!POSTGRES_URL.test(url)) {
    throw new UsageError('--database URL must begin with postgres://');
  }
  if (given !== undefined && hasPassword(given)) {
    process.stderr.write(
      'flaghoist: other users of this machine can see a password in a command line: give it by FLAGHOIST_DATABASE, PGPASSWORD or ~/.pgpass\n',
    );
  }
  return url;
}

function hasPassword(url: string): boolean {
  return /^[a-z]+:\/\/[^/?#]*:[^/?#@]*@|[?&]password=./i.test(url);
}

/**
 * Opens a database for the time of `use`.
 * @param statementDeadline how long any statement may take, in ms @default 0 for any time
 * @throws what `use` throws; BrokenRunError where the database cannot be used
 */
export async function withDatabase<T>(
  url: string,
  purpose: string,
  use: (database: Database) => Promise<T>,
  statementDeadline = 0,
): Promise<T> {
  const { openDatabase } = await import('../fleet/open-database.ts');
  const { brokenDatabase, DatabaseAwayError } = await import('../fleet/database-errors.ts');
  await using database = await openDatabase(url, { purpose, statementDeadline });
  try {
    return await use(database);
  } catch (error) {
    throw error instanceof DatabaseAwayError ? brokenDatabase(database.location, error) : error;
  }
}

/**
 * The name of a plan that was given none: that of its first list, without characters that a name cannot
 * have.
 */
export function planNameOf(lists: readonly string[]): string {
  const [first = ''] = lists;
  const name = basename(first)
    .replace(/(?:\.(?:gz|txt|csv|tsv|jsonl|ndjson|json|parquet))+$/i, '')
    .replace(/[^a-z0-9._-]+/gi, '-')
    .replace(/^[^a-z0-9]+/i, '')
    .slice(0, 63);
  return safeLine(name === '' ? 'plan' : name);
}

/** A command on a plan as the user may type it next. The URL may have a password, so it is left to the user. */
export function nextCommand(command: 'work' | 'retry', plan: Pick<Plan, 'name'>): string {
  const database = process.env.FLAGHOIST_DATABASE ? '' : ' --database URL';
  return `flaghoist ${command}${database} --plan ${shellWord(plan.name)}`;
}

/**
 * The options of a plan's command line.
 * @throws BrokenRunError
 */
export function plannedOptions(plan: Plan): RememberedOptions<GetOptions> {
  return readRemembered(
    GET_OPTIONS,
    () => parsePlannedOptions(plan.arguments.slice(1)),
    `the plan ${plan.name}`,
    'plan again with --replace',
  );
}
