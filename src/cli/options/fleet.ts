/** The options of the commands that share a PostgreSQL database: `plan` and `work`, and those that read it. */
import { flag, parsed, text, type ValuesOf } from './option.ts';
import { DASHBOARD } from './run.ts';
import { integer, integerOrAuto, UsageError } from './values.ts';

/** Which database, and which plan in it. */
export const FLEET = {
  database: text({
    flags: '--database <URL>',
    isCommon: true,
    help: 'the PostgreSQL database that workers share: postgres://host/name (default: $FLAGHOIST_DATABASE)',
    isForOneRun: true,
  }),
  plan: parsed({
    flags: '--plan <NAME>',
    isCommon: true,
    help: "the plan's name in the database (default: that of the list, or the only one there is)",
    isForOneRun: true,
    parse: planName,
  }),
};

export const PLAN_OPTIONS = {
  ...FLEET,
  shardRows: parsed({
    flags: '--shard-rows <N>',
    help: 'rows of a shard, which one worker downloads at a time',
    isForOneRun: true,
    parse: integer(1, 1_000_000),
    default: 10_000,
  }),
  replace: flag({
    flags: '--replace',
    help: 'plan anew, and drop the plan of this name with its records; files stay',
    isForOneRun: true,
  }),
};

export type PlanOptionValues = ValuesOf<typeof PLAN_OPTIONS>;

/** Of those that show a plan at work. */
export const STATUS_OPTIONS = { ...FLEET, ...DASHBOARD };

export type StatusOptionValues = ValuesOf<typeof STATUS_OPTIONS>;

export const WORK_OPTIONS = {
  ...FLEET,
  ...DASHBOARD,
  processes: parsed({
    flags: '--processes <N>',
    isCommon: true,
    help: 'workers on this machine, each a process; auto is one for each core',
    parse: integerOrAuto(1),
    default: 1,
    isForOneRun: true,
  }),
  shards: parsed({
    flags: '--shards <N>',
    help: 'shards at a time in each process; they share its -m and its --bandwidth',
    parse: integer(1, 64),
    default: 4,
    isForOneRun: true,
  }),
  /**
   * For the processes that `--processes` starts: the one that starts them prints the summary.
   */
  isPart: flag({ flags: '--is-part', help: 'one of several processes', isHidden: true }),
  directory: text({
    flags: '-d, --directory <DIR>',
    help: "for this worker's temporary files (default: the system's directory for such files)",
  }),
  json: flag({
    flags: '--json',
    isCommon: true,
    help: 'print a line of JSON for each shard, and one at the end',
  }),
  quiet: flag({ flags: '-q, --quiet', isCommon: true, help: 'print only what went wrong' }),
};

export type WorkOptionValues = ValuesOf<typeof WORK_OPTIONS>;

export type FleetOptionValues = ValuesOf<typeof FLEET>;

/** How a URL of PostgreSQL begins. */
export const POSTGRES_URL = /^postgres(?:ql)?:\/\//i;

/** Whether a command reads a database, and not a directory. @param place what stands in the directory's place */
export function isOfFleet(place: string, { database, plan }: FleetOptionValues): boolean {
  return database !== undefined || plan !== undefined || POSTGRES_URL.test(place);
}

/** A plan's name is a folder of its sink. */
function planName(name: string): string {
  if (/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(name)) return name;
  throw new UsageError(
    `--plan must be letters, digits, dots, dashes and underscores, 63 at most, not '${name}'`,
  );
}
