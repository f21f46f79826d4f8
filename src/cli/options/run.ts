/** How a run goes, what it keeps, when it gives up and what it shows: options of `flaghoist get`. */
import type { Deadlines } from '../../fetch/http-options.ts';
import {
  DEADLINES,
  DEFAULT_TRIES,
  LONGEST_RETRY_WAIT,
  MOST_SEGMENTS,
  SPEED_WINDOW,
} from '../../model/options.ts';
import { ROW_KEYS, type RowKey } from '../../model/row-key.ts';
import { concurrencyWithin, requestsThatFit } from '../process-limits.ts';
import { asSetting, type DownloadSettings, flag, negated, parsed, text } from './option.ts';
import {
  bandwidth,
  duration,
  failureLimit,
  integer,
  integerOrAuto,
  oneOf,
  port,
  positiveDuration,
  requestRate,
  size,
} from './values.ts';

export const RUN = {
  maxRequests: parsed({
    flags: '-m, --max-requests <N>',
    isCommon: true,
    help: 'requests at a time; auto finds how many each host can take',
    parse: integerOrAuto(1),
    default: 'auto',
    set: (settings, count) => {
      Object.assign(settings, concurrencyWithin(requestsThatFit(), count));
    },
  }),
  perHost: parsed({
    flags: '--per-host <N>',
    help: 'requests at a time to each host',
    parse: integer(1),
    set: asSetting('maxRequestsPerOrigin'),
  }),
  rate: parsed({
    flags: '--rate <RATE>',
    isCommon: true,
    help: 'requests to each host over time: 50/s, 100/min, 1000/h',
    parse: requestRate,
    set: asSetting('requestRate'),
  }),
  bandwidth: parsed({
    flags: '--bandwidth <RATE>',
    isCommon: true,
    help: 'bytes a second over all downloads: 500k, 10MB/s',
    parse: bandwidth,
    set: asSetting('bandwidth'),
  }),
  segments: parsed({
    flags: '--segments <N>',
    help: 'connections for one large file, where the server allows it',
    parse: integer(1, MOST_SEGMENTS),
    default: 1,
    set: asSetting('segments'),
  }),
  tries: parsed({
    flags: '--tries <N>',
    isCommon: true,
    help: 'tries for each file, the first one included',
    parse: integer(1),
    default: DEFAULT_TRIES,
    set: asSetting('tries'),
  }),
  retryMaxWait: parsed({
    flags: '--retry-max-wait <DURATION>',
    help: 'longest wait between two tries',
    parse: duration,
    default: LONGEST_RETRY_WAIT,
    defaultText: '1m',
    set: asSetting('retryMaxWait'),
  }),
  maxFailures: parsed({
    flags: '--max-failures <N>',
    help: 'stop the run after N failed files, or when N% of the files have failed',
    parse: failureLimit,
  }),
};

export const AGAIN = {
  newer: flag({
    flags: '-N, --newer',
    isCommon: true,
    help: 'check the files of earlier runs, and download those that have changed',
    excludes: ['ledger'],
    set: asSetting('newer'),
  }),
  rowKey: parsed({
    flags: '--row-key <WHAT>',
    help: 'what identifies a row from run to run: url (with its name; the default), path or url-without-query',
    parse: oneOf(ROW_KEYS),
    set: (settings, rowKey: RowKey | undefined) => {
      if (rowKey !== undefined) settings.key = rowKey;
    },
  }),
  keyColumn: text({
    flags: '--key-column <C>',
    help: 'column that identifies a row from run to run, in place of its URL',
    excludes: ['rowKey'],
    set: (settings, column) => {
      if (column !== undefined) settings.key = `column ${column}`;
    },
  }),
  trustLedger: flag({
    flags: '--trust-ledger',
    help: 'skip what is done without a look at the disk, also where the file was moved away',
    excludes: ['newer', 'ledger'],
    set: asSetting('trustLedger'),
  }),
  ledger: negated({
    flags: '--no-ledger',
    help: 'keep no record to skip, resume or retry by',
    set: (settings, isWanted, start) => {
      settings.ledger = isWanted ? start.arguments : false;
    },
  }),
  dryRun: flag({
    flags: '--dry-run',
    isCommon: true,
    help: 'only show where files would go, without any request',
    isForOneRun: true,
    // `-v` is allowed: a dry run prints a line for each file anyway.
    excludes: ['dashboard', 'json', 'progress'],
  }),
};

/** An effect: the value becomes the deadline of this step. */
function asDeadline(step: keyof Deadlines) {
  return (settings: DownloadSettings, ms: number): void => {
    settings.deadlines = { ...settings.deadlines, [step]: ms };
  };
}

const inSeconds = (ms: number): string => `${ms / 1000}s`;

export const DEADLINE_OPTIONS = {
  connectTimeout: parsed({
    flags: '--connect-timeout <DURATION>',
    help: 'for DNS, TCP and TLS',
    parse: duration,
    default: DEADLINES.connect,
    defaultText: inSeconds(DEADLINES.connect),
    set: asDeadline('connect'),
  }),
  firstByteTimeout: parsed({
    flags: '--first-byte-timeout <DURATION>',
    help: 'from a request to its response',
    parse: duration,
    default: DEADLINES.firstByte,
    defaultText: inSeconds(DEADLINES.firstByte),
    set: asDeadline('firstByte'),
  }),
  idleTimeout: parsed({
    flags: '--idle-timeout <DURATION>',
    help: 'without a byte in the middle of a response',
    parse: duration,
    default: DEADLINES.idle,
    defaultText: inSeconds(DEADLINES.idle),
    set: asDeadline('idle'),
  }),
  rowTimeout: parsed({
    flags: '--row-timeout <DURATION>',
    help: 'for all tries of one file',
    parse: positiveDuration,
    set: asSetting('rowTimeout'),
  }),
  runTimeout: parsed({
    flags: '--run-timeout <DURATION>',
    help: 'for the whole run',
    parse: duration,
  }),
  lowestSpeed: parsed({
    flags: '--lowest-speed <RATE>',
    help: `fail files slower than this for ${inSeconds(SPEED_WINDOW)}, in bytes a second: 1k, 1MB`,
    parse: size,
    set: asSetting('lowestSpeed'),
  }),
};

/** Also an option of `flaghoist flags`. */
export const DASHBOARD = {
  /** The port; 0 for any that is free. */
  dashboard: parsed({
    flags: '--dashboard [PORT]',
    isCommon: true,
    help: 'serve a page that shows the run, and print its address',
    preset: '0',
    isForOneRun: true,
    parse: port,
  }),
};

/** How `get` can show its progress. */
const PROGRESS_LOOKS = ['auto', 'bar', 'json', 'none'] as const;

export const OUTPUT = {
  json: flag({
    flags: '--json',
    isCommon: true,
    help: 'print a line of JSON for each file, and one at the end',
    isForOneRun: true,
  }),
  progress: parsed({
    flags: '--progress <HOW>',
    help: 'bar: also with -v, and as lines without a terminal; json: events each second; none',
    parse: oneOf(PROGRESS_LOOKS),
    default: 'auto',
    excludes: ['quiet'],
    isForOneRun: true,
  }),
  verbose: flag({
    flags: '-v, --verbose',
    isCommon: true,
    help: 'print a line for each file in place of the progress bar',
    isForOneRun: true,
  }),
  quiet: flag({
    flags: '-q, --quiet',
    isCommon: true,
    help: 'print neither progress nor summary, only what failed',
    isForOneRun: true,
  }),
  silent: flag({
    flags: '--silent',
    help: 'print nothing at all: the exit code says how it went',
    excludes: ['json', 'verbose'],
    isForOneRun: true,
  }),
  ...DASHBOARD,
};
