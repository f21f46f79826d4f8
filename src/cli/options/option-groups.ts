import { type Command, Option } from 'commander';
import {
  DEADLINES,
  DEFAULT_MAX_REDIRECTS,
  DEFAULT_TRIES,
  LONGEST_RETRY_WAIT,
  MOST_SEGMENTS,
} from '../../model/options.ts';
import { LIST_FORMATS } from '../../source/formats/list-format.ts';
import {
  bandwidth,
  duration,
  integer,
  oneOf,
  port,
  rate,
  repeated,
  size,
  wordOr,
} from './option-values.ts';

/** What to download. */
export function addInputOptions(command: Command): void {
  command
    .optionsGroup('Input:')
    .option('-i, --input <FILE>', 'a list of URLs, - is stdin; may be repeated', repeated)
    .addOption(
      new Option(
        '--format <F>',
        `${LIST_FORMATS.join(', ')}; by the name of the list if not given`,
      ).argParser(oneOf('--format F', LIST_FORMATS)),
    )
    .option('--url-column <C>', 'column of the URLs')
    .option('--name-column <C>', 'column of the file names')
    .option('--checksum-column <C>', 'column of SHA-256, SHA-1, MD5 or SRI checksums')
    .option('--expand', 'expand {a,b}, [1-100] and [001-100:2] in the URLs given here')
    .option('--strict', 'stop at the first bad row');
}

/** Where it goes. */
export function addFileOptions(command: Command): void {
  command
    .optionsGroup('Files:')
    .option('-d, --directory <DIR>', 'where the files go', '.')
    .option('-o, --output <TEMPLATE>', 'their names, such as {host}/{path}/{name}')
    .option('--tree', 'hosts and paths as directories')
    .option('--content-disposition', 'names that the servers suggest')
    .option(
      '--on-collision <WHAT>',
      'fail, rename, overwrite or skip a row whose name is taken',
      oneOf('--on-collision WHAT', ['fail', 'rename', 'overwrite', 'skip']),
      'fail',
    )
    .option('--max-size <S>', 'no file longer than this: 500k, 10MB, 2GiB', size('--max-size S'))
    .option('--min-size <S>', 'no file shorter than this', size('--min-size S'))
    .option(
      '--accept <TYPE>',
      'no file of another type: image/png, image/*; may be repeated',
      repeated,
    )
    .option('--no-file-times', "files have the time of their download, not the server's")
    .option('--digest', "record every file's SHA-256");
}

/** How the run goes. */
export function addRunOptions(command: Command): void {
  command
    .optionsGroup('Run:')
    .option(
      '-m, --max-requests <N>',
      'requests at a time; auto: as many as each host bears well',
      wordOr('auto', integer('--max-requests N', 1)),
      'auto',
    )
    .option('--per-host <N>', 'of those, for each host', integer('--per-host N', 1))
    .option('--rate <R>', 'requests to each host: 50/s, 100/min, 1000/h', rate('--rate R'))
    .option('--bandwidth <S>', 'bytes a second in all: 500k, 10MB/s', bandwidth('--bandwidth S'))
    .option(
      '--segments <N>',
      'connections for one large file, where the server lets it',
      integer('--segments N', 1, MOST_SEGMENTS),
      1,
    )
    .option('--tries <N>', 'tries for a row', integer('--tries N', 1), DEFAULT_TRIES)
    .addOption(
      new Option('--retry-max-wait <D>', 'longest wait between two tries')
        .argParser(duration('--retry-max-wait D'))
        .default(LONGEST_RETRY_WAIT, '1m'),
    )
    .option('--max-failures <N>', 'stop once so many rows failed, or N% of those ended');
}

/** What earlier and later runs have to do with this one. */
export function addLedgerOptions(command: Command): void {
  command
    .optionsGroup('Again:')
    .option('-N, --newer', 'ask again for what is there, and take what is newer')
    .option('--no-ledger', 'keep no record of the run, to skip, resume or retry by')
    .option('--dry-run', 'only say where things would go');
}

/** How long things may take. */
export function addDeadlineOptions(command: Command): void {
  const seconds = (ms: number) => `${ms / 1000}s`;
  const deadline = (flag: string, description: string, ms?: number) => {
    const option = new Option(`${flag} <D>`, description).argParser(duration(`${flag} D`));
    command.addOption(ms === undefined ? option : option.default(ms, seconds(ms)));
  };
  command.optionsGroup('Deadlines (500ms, 2s, 1m):');
  deadline('--connect-timeout', 'for DNS, TCP and TLS', DEADLINES.connect);
  deadline('--first-byte-timeout', 'from request to response', DEADLINES.firstByte);
  deadline('--idle-timeout', 'between two pieces of a body', DEADLINES.idle);
  deadline('--row-timeout', 'for all tries of a row');
  deadline('--run-timeout', 'for everything');
  command.option('--lowest-speed <S>', 'bytes a second, 1k or 1MB', size('--lowest-speed S'));
}

/** What requests say. */
export function addRequestOptions(command: Command): void {
  command
    .optionsGroup('Requests:')
    .option('-H, --header <H>', 'as in "Accept: image/*"; may be repeated', repeated)
    .option('-A, --user-agent <UA>', 'who asks')
    .option(
      '-u, --user <USER[:PASSWORD]>',
      'who asks, by basic or digest authentication; without a password it is asked for',
    )
    .option('--user-file <FILE>', 'the same, from a file whose first line is USER:PASSWORD')
    .option('--bearer <TOKEN>', 'bearer authentication')
    .option('--netrc', "passwords by host, from the home directory's .netrc")
    .option('--netrc-file <FILE>', 'passwords by host, from this file')
    .option('-b, --cookies <FILE>', 'cookies, in the format of Netscape and curl')
    .option(
      '-x, --proxy <URL>',
      'http, https, socks4(a) or socks5(h); default: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY',
    )
    .option('--dns-server <ADDR>', 'name server to ask, an IP address; may be repeated', repeated)
    .option(
      '--resolve <HOST:PORT:ADDR>',
      'address of a host, as in curl; may be repeated',
      repeated,
    )
    .option('--cacert <FILE>', 'certificates to trust, PEM')
    .option('--cert <FILE>', 'client certificate, PEM')
    .option('--key <FILE>', 'its key, PEM')
    .option('--deny-private', 'refuse hosts that are not on the public Internet, redirects too')
    .option('--raw', 'neither ask for compressed bodies nor decode them')
    .option(
      '--max-redirects <N>',
      'redirects of a request',
      integer('--max-redirects N', 0),
      DEFAULT_MAX_REDIRECTS,
    );
}

/** What is shown. */
export function addOutputOptions(command: Command): void {
  command
    .optionsGroup('Output:')
    .option('--json', 'a line of JSON for each row, and one at the end')
    .option('-v, --verbose', 'a line for each row in place of the progress bar')
    .option('-q, --quiet', 'neither progress nor summary');
  addDashboardOption(command);
}

/** Where it can be watched. */
export function addDashboardOption(command: Command): void {
  command.addOption(
    new Option('--dashboard [PORT]', 'a page to watch the run on; it prints the address')
      .preset('0')
      .argParser(port('--dashboard PORT')),
  );
}
