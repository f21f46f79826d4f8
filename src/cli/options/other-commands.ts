/** The options of the commands other than `get`. */
import { DEFAULT_MAX_REQUESTS } from '../../model/options.ts';
import { MAX_PORT, MAX_SEED } from '../../server/limits.ts';
import { SERVER_LABELS, SERVER_PRESETS } from '../../server/presets.ts';
import { flag, lists, parsed, text, texts, type ValuesOf } from './option.ts';
import { DASHBOARD } from './run.ts';
import {
  duration,
  durationRange,
  inCapitals,
  integer,
  listOf,
  notEmpty,
  oneOf,
  reason,
  share,
  UsageError,
} from './values.ts';

/** Which rows `flaghoist retry` tries again. */
export const RETRY_SELECTION = {
  where: text({
    flags: '--where <CONDITION>',
    help: "only these rows, such as 'status in (429, 503)'",
    excludes: ['reason'],
  }),
  reason: lists({
    flags: '--reason <REASON>',
    help: 'only rows that failed for this reason; may be repeated',
    parse: (text, name) => [reason(text, name)],
  }),
};

export type RetrySelectionOptions = ValuesOf<typeof RETRY_SELECTION>;

export const FORGET_OPTIONS = {
  where: text({
    flags: '--where <CONDITION>',
    help: "these rows, such as 'status = 404'",
    excludes: ['all'],
  }),
  all: flag({ flags: '--all', help: 'all rows' }),
  dryRun: flag({ flags: '--dry-run', help: 'only say how many rows there are' }),
};

export type ForgetOptions = ValuesOf<typeof FORGET_OPTIONS>;

export const REPORT_OPTIONS = {
  format: parsed({
    flags: '--format <FORMAT>',
    help: 'text (a summary), json, csv or parquet (every row), html (a page)',
    parse: oneOf(['text', 'json', 'csv', 'parquet', 'html']),
    default: 'text',
  }),
  where: text({
    flags: '--where <CONDITION>',
    help: "only these rows, such as 'status in (429, 503)'",
  }),
  output: parsed({
    flags: '-o, --output <FILE>',
    help: 'file to write, instead of stdout',
    parse: notEmpty,
  }),
};

export type ReportOptions = ValuesOf<typeof REPORT_OPTIONS>;

/** However many are asked for, `flaghoist flags` makes no more requests at a time. */
export const MOST_FLAG_REQUESTS = 1000;

export const FLAGS_OPTIONS = {
  all: flag({ flags: '-a, --all', help: 'all the flags there are: AD to ZW' }),
  every: flag({
    flags: '-e, --every',
    help: 'every code from AA to ZZ, with or without such a country',
  }),
  limit: parsed({ flags: '-l, --limit <N>', help: 'only the first N codes', parse: atLeastOne }),
  max_req: parsed({
    flags: '-m, --max_req <CONCURRENT>',
    help: `requests at a time, at most ${MOST_FLAG_REQUESTS}`,
    parse: atLeastOne,
    default: DEFAULT_MAX_REQUESTS,
  }),
  maxReq: parsed({
    flags: '--max-req <CONCURRENT>',
    help: 'the same',
    isHidden: true,
    parse: atLeastOne,
  }),
  server: parsed({
    flags: '-s, --server <LABEL>',
    help: 'where from: LOCAL, DELAY, ERROR or REMOTE',
    parse: String,
    default: 'LOCAL',
  }),
  verbose: flag({
    flags: '-v, --verbose',
    help: 'print a line for each flag in place of the progress bar',
  }),
  ...DASHBOARD,
};

export type FlagsOptions = ValuesOf<typeof FLAGS_OPTIONS>;

/** It has one message for every error, unlike `integer`. */
function atLeastOne(text: string, name: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1) return value;
  throw new UsageError(`${name} must be >= 1`);
}

/** The styles of `flaghoist compare`, in the order in which they run. All do the same downloads. */
export const STYLES = ['one-by-one', 'threads', 'callbacks', 'tasks'] as const;

export type StyleName = (typeof STYLES)[number];

/** More would not fit the ports that a machine has for one server. */
const MOST_COMPARED = 10_000;

export const COMPARE_OPTIONS = {
  requests: parsed({
    flags: '--requests <N>',
    help: 'files to download',
    parse: integer(1, MOST_COMPARED),
    default: 600,
  }),
  delay: parsed({
    flags: '--delay <D>',
    help: 'how late each response is: 100ms, 0.5s, or seconds',
    parse: duration,
    default: 100,
    defaultText: '100ms',
  }),
  server: parsed({
    flags: '--server <LABEL>',
    help: 'DELAY, or LOCAL for responses at once; a server is started for the run',
    parse: inCapitals(oneOf(['DELAY', 'LOCAL'])),
    default: 'DELAY',
  }),
  threads: parsed({
    flags: '--threads <N>',
    help: 'threads of the pool',
    parse: integer(1, MOST_COMPARED),
    default: 100,
  }),
  tasks: parsed({
    flags: '--tasks <LIST>',
    help: 'tasks at a time, run by run (default: 5,50 and all)',
    parse: listOf(integer(1, MOST_COMPARED)),
  }),
  styles: parsed({
    flags: '--styles <NAMES>',
    help: `only these of ${STYLES.join(', ')}`,
    parse: listOf(oneOf(STYLES)),
  }),
  json: flag({ flags: '--json', help: 'print everything as JSON, with the times of each file' }),
  html: text({ flags: '--html <FILE>', help: 'also write a page with a waterfall of each style' }),
};

export type CompareOptions = ValuesOf<typeof COMPARE_OPTIONS>;

export const SERVE_OPTIONS = {
  port: parsed({
    flags: '--port <N>',
    help: `port of the first server, the next follow; 0 is any free one (default: ${presetPorts()})`,
    parse: integer(0, MAX_PORT),
  }),
  delay: parsed({
    flags: '--delay <D>',
    help: 'how late a late response is: 500ms, 0.5s, 1m, seconds, or a range: 100ms-2s',
    parse: durationRange,
  }),
  errorRate: parsed({
    flags: '--error-rate <R>',
    help: 'share of responses with a 5xx status, 0 to 1',
    parse: share,
  }),
  lateRate: parsed({
    flags: '--late-rate <R>',
    help: 'share of responses that are late, 0 to 1',
    parse: share,
  }),
  seed: parsed({
    flags: '--seed <N>',
    help: 'fail and delay the same requests as another run with this seed',
    parse: integer(0, MAX_SEED),
  }),
  fault: texts({
    flags: '--fault <NAME[:OPTIONS]>',
    help: 'start a faulty server instead, as in stall:at=head,for=2s; may be repeated: each request draws one',
  }),
  faultRate: parsed({
    flags: '--fault-rate <R>',
    help: 'share of requests with a fault (default: 1)',
    parse: share,
  }),
  faults: flag({ flags: '--faults', help: 'list the faults and their options' }),
};

export type ServeOptions = ValuesOf<typeof SERVE_OPTIONS>;

function presetPorts(): string {
  return SERVER_LABELS.map((label) => SERVER_PRESETS[label].port).join(', ');
}

export const SPINNER_OPTIONS = {
  thread: flag({
    flags: '--thread',
    help: 'a thread draws, while the function blocks the main thread',
    excludes: ['task'],
  }),
  task: flag({
    flags: '--task',
    help: 'a task draws, while the function waits; one thread does both (default)',
  }),
  seconds: parsed({
    flags: '--seconds <N>',
    help: 'how long the function takes',
    parse: duration,
    default: 3_000,
    defaultText: '3',
  }),
};

export type SpinnerOptions = ValuesOf<typeof SPINNER_OPTIONS>;

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** A shell that `flaghoist completion` knows. */
export type Shell = (typeof SHELLS)[number];
