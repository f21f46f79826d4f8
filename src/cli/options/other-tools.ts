/**
 * The options of curl, wget, aria2 and img2dataset, and ours for them. An option that means exactly the
 * same is understood. For any other the answer names ours, so no option silently means something else.
 */

import { GET_OPTIONS } from './get-options.ts';
import type { OptionTable } from './option.ts';
import { RETRY_SELECTION } from './other-commands.ts';
import { UsageError } from './values.ts';

/** An option of other tools, which `get` and `retry` know by these names. */
export interface OtherOption {
  readonly tools: string;
  readonly flags: readonly string[];
  /** Our option that means exactly the same: it takes this one's place. */
  readonly is?: string;
  /** The value for our option, made from theirs. */
  readonly value?: (value: string) => string;
  /** The answer, for an option that means something else or nothing here. It goes on after the name. */
  readonly say?: string;
  /** The answer depends on the value. It does not repeat a secret. */
  readonly sayOf?: (value: string | undefined) => string;
}

const ONLY_GET = 'has no counterpart: flaghoist only sends GET requests';
const NOT_NEEDED = 'is not needed:';
const NO_CRAWL = 'has no counterpart: flaghoist follows no links in pages; give it the URLs';

// biome-ignore format: a table, an option on each line
export const OTHER_OPTIONS: readonly OtherOption[] = [
  // The same.
  { tools: 'wget, aria2', flags: ['--input-file'], is: '--input' },
  { tools: 'curl', flags: ['--output-dir'], is: '--directory' },
  { tools: 'wget', flags: ['-P', '--directory-prefix'], is: '--directory' },
  { tools: 'aria2', flags: ['--dir'], is: '--directory' },
  { tools: 'wget', flags: ['--no-check-certificate'], is: '--insecure' },
  { tools: 'aria2', flags: ['--check-certificate=false'], is: '--insecure' },
  { tools: 'wget, aria2', flags: ['--ca-certificate'], is: '--cacert' },
  { tools: 'wget, aria2', flags: ['--load-cookies'], is: '--cookies' },
  { tools: 'curl, wget', flags: ['--referer'], is: '--header', value: (url) => `Referer: ${url}` },
  { tools: 'curl', flags: ['-J', '--remote-header-name'], is: '--content-disposition' },
  { tools: 'wget', flags: ['--timestamping'], is: '--newer' },
  { tools: 'wget', flags: ['--no-use-server-timestamps'], is: '--no-file-times' },
  { tools: 'aria2', flags: ['--netrc-path'], is: '--netrc-file' },
  { tools: 'curl', flags: ['--parallel-max'], is: '--max-requests' },
  { tools: 'aria2', flags: ['--max-concurrent-downloads'], is: '--max-requests' },
  { tools: 'aria2', flags: ['--max-tries'], is: '--tries' },
  { tools: 'curl', flags: ['--max-redirs'], is: '--max-redirects' },
  { tools: 'wget', flags: ['--max-redirect'], is: '--max-redirects' },
  { tools: 'aria2', flags: ['--all-proxy'], is: '--proxy' },
  { tools: 'curl', flags: ['-n'], is: '--netrc' },
  { tools: 'curl', flags: ['-E'], is: '--cert' },
  { tools: 'wget', flags: ['--certificate'], is: '--cert' },
  { tools: 'wget, aria2', flags: ['--private-key'], is: '--key' },
  { tools: 'curl', flags: ['--oauth2-bearer'], is: '--bearer' },
  { tools: 'wget, aria2', flags: ['--http-user'], say: 'is --user USER:PASSWORD here' },
  { tools: 'wget, aria2', flags: ['--http-password', '--http-passwd', '--password'], say: 'is --user USER:PASSWORD here, or --user-file' },
  { tools: 'wget', flags: ['--ask-password', '--use-askpass'], say: 'is --user USER here: it asks for the password' },

  { tools: 'curl', flags: ['--dns-servers'], is: '--dns-server' },

  { tools: 'img2dataset', flags: ['--url_list', '--url-list'], is: '--input' },
  { tools: 'img2dataset', flags: ['--url_col'], is: '--url-column' },
  { tools: 'img2dataset', flags: ['--caption_col'], is: '--caption-column' },
  { tools: 'img2dataset', flags: ['--output_folder'], is: '--directory' },
  { tools: 'img2dataset', flags: ['--number_sample_per_shard'], is: '--shard-size' },
  { tools: 'img2dataset', flags: ['--user_agent_token'], say: 'is --user-agent here, with the whole text' },
  { tools: 'img2dataset', flags: ['--input_format'], sayOf: (value) => `${NOT_NEEDED} a list says its format by its name and its beginning; else it is --format ${value === undefined || value.startsWith('txt') ? 'lines' : value.replace(/\.gz$/, '')}` },
  { tools: 'img2dataset', flags: ['--output_format'], sayOf: (value) => value === 'webdataset' ? 'is --sink tar:DIR here' : 'is -d DIR here for files, or --sink tar:DIR for WebDataset shards' },
  { tools: 'img2dataset', flags: ['--thread_count'], say: 'is -m N here: requests at a time' },
  { tools: 'img2dataset', flags: ['--processes_count'], say: 'is not needed: one process makes thousands of requests at a time (-m); see flaghoist work for more' },
  { tools: 'img2dataset', flags: ['--retries'], sayOf: (value) => /^\d+$/.test(value ?? '') ? `is --tries ${Number(value) + 1} here: the first try counts` : 'is --tries here: the first try counts' },
  { tools: 'img2dataset', flags: ['--incremental_mode'], say: `${NOT_NEEDED} the same command again goes on where the last one stopped` },
  { tools: 'img2dataset', flags: ['--save_additional_columns'], say: `${NOT_NEEDED} keep the list: outcomes have the URL and the index of its rows; -o makes names from columns` },
  { tools: 'img2dataset', flags: ['--compute_hash'], say: 'is --digest here: SHA-256' },
  { tools: 'img2dataset', flags: ['--verify_hash'], say: 'is --checksum-column here' },
  { tools: 'img2dataset', flags: ['--disallowed_header_directives'], say: 'is --respect noai here' },
  { tools: 'img2dataset', flags: ['--min_image_size', '--max_image_area', '--max_aspect_ratio', '--image_size', '--resize_mode', '--resize_only_if_bigger', '--encode_format', '--encode_quality', '--skip_reencode'], say: 'has no counterpart: files are saved as they come; --min-size is in bytes' },
  { tools: 'img2dataset', flags: ['--distributor', '--enable_wandb'], say: 'has no counterpart; see flaghoist plan and work for many machines' },

  // Not needed.
  { tools: 'curl', flags: ['-L', '--location', '--location-trusted'], say: `${NOT_NEEDED} redirects are followed; see --max-redirects` },
  { tools: 'curl', flags: ['-O', '--remote-name', '--remote-name-all'], sayOf: (value) => value === '-' ? 'is not needed, and wget\'s -O - is -o - here: one URL to stdout' : value === undefined || value.includes('://') ? `${NOT_NEEDED} files are named after their URLs; -o names them otherwise` : `is -o here, with the name or a template (wget's -O); files are named after their URLs without it` },
  { tools: 'wget', flags: ['--output-document'], sayOf: (value) => value === '-' ? 'is -o - here: one URL to stdout' : 'is -o here: a name, or a template such as {host}/{name}' },
  { tools: 'aria2', flags: ['--out'], say: 'is -o here: a name, or a template such as {host}/{name}' },
  { tools: 'curl', flags: ['--create-dirs'], say: `${NOT_NEEDED} missing directories are created` },
  { tools: 'wget, aria2', flags: ['-c', '--continue'], say: `${NOT_NEEDED} the same command goes on where the last one stopped, also within files` },
  { tools: 'curl', flags: ['-C', '--continue-at'], say: `${NOT_NEEDED} the same command goes on where the last one stopped, also within files` },
  { tools: 'wget', flags: ['--start-pos'], say: `${NOT_NEEDED} the same command goes on where the last one stopped, also within files` },
  { tools: 'aria2', flags: ['--save-session', '--save-session-interval', '--auto-save-interval', '--always-resume', '--remove-control-file'], say: `${NOT_NEEDED} what is left is in the ledger: the same command goes on, and flaghoist retry DIR` },
  { tools: 'curl', flags: ['--compressed'], say: `${NOT_NEEDED} responses are asked for compressed and decoded; see --raw` },
  { tools: 'curl', flags: ['-f', '--fail', '--fail-with-body'], say: `${NOT_NEEDED} an error page is never saved, and the exit code is 1; see --max-failures to stop early` },
  { tools: 'curl', flags: ['-Z', '--parallel', '--parallel-immediate'], say: `${NOT_NEEDED} files are downloaded at the same time; -m N sets how many` },
  { tools: 'aria2', flags: ['--force-sequential'], say: `${NOT_NEEDED} each URL given is a file of its own; mirrors of one file are in a list (--format aria2)` },
  { tools: 'curl', flags: ['-R', '--remote-time'], say: `${NOT_NEEDED} files get the server's time; see --no-file-times` },
  { tools: 'curl, wget', flags: ['-U'], say: 'is -A here (wget\'s User-Agent), or part of --proxy (curl\'s user of a proxy)' },
  { tools: 'curl, wget', flags: ['-e'], sayOf: (value) => value === undefined || /^https?:/.test(value) ? `is -H 'Referer: ${value ?? 'URL'}' here` : 'has no counterpart: there is no .wgetrc, and robots.txt is read with --robots only' },
  { tools: 'curl', flags: ['-z', '--time-cond'], say: 'is --newer here: files that have changed since the last run' },
  { tools: 'curl', flags: ['--etag-save', '--etag-compare'], say: 'is --newer here: files that have changed since the last run' },
  { tools: 'aria2', flags: ['--conditional-get'], say: 'is --newer here: files that have changed since the last run' },
  { tools: 'curl, wget', flags: ['-4', '-6', '--ipv4', '--ipv6', '--inet4-only', '--inet6-only'], say: `${NOT_NEEDED} both are tried, and the faster is used; see --resolve` },
  { tools: 'curl, wget', flags: ['--tlsv1.2', '--tlsv1.3', '--secure-protocol', '--ssl-reqd'], say: `${NOT_NEEDED} TLS 1.2 or later is used` },
  { tools: 'curl', flags: ['--dump-header', '--trace', '--trace-ascii', '--stderr'], say: 'is --json here: a line for each file' },
  { tools: 'curl', flags: ['-g', '--globoff'], say: `${NOT_NEEDED} patterns are expanded only with --expand` },
  { tools: 'aria2', flags: ['--parameterized-uri'], say: 'is --expand here' },
  { tools: 'curl', flags: ['-#', '--progress-bar'], say: `${NOT_NEEDED} progress is shown on a terminal` },
  { tools: 'wget', flags: ['--show-progress'], say: `${NOT_NEEDED} progress is shown on a terminal` },
  { tools: 'aria2', flags: ['--console-log-level', '--summary-interval', '--show-console-readout', '--download-result', '--human-readable', '--enable-color'], say: `${NOT_NEEDED} progress is shown on a terminal, and a summary at the end; -q and --json show less and more` },
  { tools: 'curl', flags: ['-S', '--show-error'], say: `${NOT_NEEDED} errors are shown, also with -q; --json has what servers answer` },
  { tools: 'curl', flags: ['--tcp-fastopen', '--tcp-nodelay', '--http1.1', '--http2', '--http2-prior-knowledge', '--http3'], say: `${NOT_NEEDED} flaghoist chooses how it speaks to each host` },
  { tools: 'curl', flags: ['--http1.0', '--http3-only', '--no-keepalive', '--keepalive-time', '--no-alpn', '--no-buffer', '--happy-eyeballs-timeout-ms'], say: `${NOT_NEEDED} flaghoist chooses how it speaks to each host` },
  { tools: 'wget', flags: ['--no-http-keep-alive', '--no-dns-cache', '--prefer-family'], say: `${NOT_NEEDED} flaghoist chooses how it speaks to each host` },
  { tools: 'aria2', flags: ['--enable-http-keep-alive', '--enable-http-pipelining', '--async-dns', '--disable-ipv6', '--optimize-concurrent-downloads', '--uri-selector'], say: `${NOT_NEEDED} flaghoist chooses how it speaks to each host` },
  { tools: 'aria2', flags: ['--file-allocation', '--no-file-allocation-limit', '--disk-cache', '--enable-mmap'], say: `${NOT_NEEDED} flaghoist chooses how it writes files` },
  { tools: 'wget', flags: ['--no-config', '--no-cookies'], say: `${NOT_NEEDED} no such file is read unless an option names it` },
  { tools: 'wget, aria2', flags: ['--no-conf', '--no-netrc'], say: `${NOT_NEEDED} no such file is read unless an option names it` },
  { tools: 'wget', flags: ['--compression'], say: `${NOT_NEEDED} responses are asked for compressed and decoded; see --raw` },
  { tools: 'aria2', flags: ['--http-accept-gzip'], say: `${NOT_NEEDED} responses are asked for compressed and decoded; see --raw` },
  { tools: 'wget', flags: ['--content-on-error'], say: 'has no counterpart: an error page is never saved' },
  { tools: 'wget', flags: ['--no-cache'], say: 'is -H \'Cache-Control: no-cache\' here' },
  { tools: 'aria2', flags: ['--http-no-cache'], say: 'is -H \'Cache-Control: no-cache\' here' },
  { tools: 'curl', flags: ['--connect-to', '--doh-url'], say: 'is --resolve HOST:PORT:ADDR here, or --dns-server' },
  { tools: 'curl', flags: ['--fail-early'], say: 'is --max-failures 1 here' },
  { tools: 'wget', flags: ['-nd', '--no-directories', '-nH', '--no-host-directories'], say: `${NOT_NEEDED} files go right into -d DIR unless --tree or -o says otherwise` },
  { tools: 'wget', flags: ['-nv', '--no-verbose'], say: `${NOT_NEEDED} a run ends with a short summary; -q leaves that out too` },

  // Ours, by another name or in another way.
  { tools: 'curl, aria2', flags: ['-s'], say: 'is -q here (errors are still said), or --silent (nothing is said); aria2\'s is --segments N' },
  { tools: 'curl', flags: ['--no-progress-meter'], say: 'is -q here' },
  { tools: 'aria2', flags: ['-j'], say: 'is -m N here: files at the same time' },
  { tools: 'curl, wget', flags: ['--limit-rate'], say: 'is --bandwidth here, over all files together: 500k, 2MB/s (k is 1000)' },
  { tools: 'aria2', flags: ['--max-overall-download-limit', '--max-download-limit'], say: 'is --bandwidth here, over all files together: 500k, 2MB/s (k is 1000)' },
  { tools: 'curl', flags: ['--max-time'], say: 'is --row-timeout here for each file, or --run-timeout for all' },
  { tools: 'wget, aria2', flags: ['-T', '--timeout', '--read-timeout', '--dns-timeout'], say: 'is --connect-timeout, --first-byte-timeout or --idle-timeout here' },
  { tools: 'wget, aria2', flags: ['-t'], say: 'is --tries N here; aria2\'s -t is --idle-timeout' },
  { tools: 'curl', flags: ['--retry'], sayOf: (value) => /^\d+$/.test(value ?? '') ? `is --tries ${Number(value) + 1} here: the first try counts` : 'is --tries here: the first try counts' },
  { tools: 'curl, wget', flags: ['--retry-delay', '--retry-max-time', '--waitretry'], say: 'is --retry-max-wait here, the longest wait; it grows from try to try, and Retry-After counts' },
  { tools: 'aria2', flags: ['--retry-wait'], say: 'is --retry-max-wait here, the longest wait; it grows from try to try, and Retry-After counts' },
  { tools: 'curl, wget', flags: ['--retry-all-errors', '--retry-connrefused', '--retry-on-http-error', '--retry-on-host-error'], say: `${NOT_NEEDED} what may pass is tried again; see --tries` },
  { tools: 'curl', flags: ['--max-filesize'], say: 'is --max-size here: 500k, 10MB, 2GiB (k is 1000)' },
  { tools: 'wget', flags: ['-Q', '--quota'], say: 'has no counterpart; see --max-size for each file, and --run-timeout' },
  { tools: 'curl', flags: ['-Y', '-y', '--speed-limit', '--speed-time'], say: 'is --lowest-speed here, over 30 s' },
  { tools: 'aria2', flags: ['--lowest-speed-limit'], say: 'is --lowest-speed here, over 30 s' },
  { tools: 'aria2', flags: ['--split'], say: 'is --segments N here: connections for one file' },
  { tools: 'aria2', flags: ['--min-split-size', '--piece-length'], say: `${NOT_NEEDED} --segments N divides a large file, and leaves small ones whole` },
  { tools: 'aria2', flags: ['--max-connection-per-server'], say: 'is --segments N here for one file, or --per-host N for requests to one host' },
  { tools: 'wget', flags: ['-w', '--wait', '--random-wait'], say: 'is --rate here: 1/s, 30/min; curl\'s -w is --json' },
  { tools: 'curl', flags: ['--write-out'], say: 'is --json here: a line for each file' },
  { tools: 'wget', flags: ['-nc', '--no-clobber'], say: `${NOT_NEEDED} a file that is there is never overwritten; see --on-collision skip` },
  { tools: 'aria2', flags: ['--allow-overwrite', '--auto-file-renaming'], say: 'is --on-collision overwrite or --on-collision rename here' },
  { tools: 'curl', flags: ['--remove-on-error'], say: `${NOT_NEEDED} a file that is there is never overwritten; see --on-collision` },
  { tools: 'curl', flags: ['--cookie'], say: 'is --cookies FILE here, or -H \'Cookie: NAME=VALUE\'' },
  { tools: 'curl', flags: ['--cookie-jar', '--junk-session-cookies'], say: 'has no counterpart: cookies are read from --cookies FILE and kept for the run' },
  { tools: 'wget', flags: ['--save-cookies', '--keep-session-cookies'], say: 'has no counterpart: cookies are read from --cookies FILE and kept for the run' },
  { tools: 'curl, wget', flags: ['--proxy-user', '--proxy-password'], say: 'is part of --proxy here: http://USER:PASSWORD@HOST:PORT' },
  { tools: 'curl, wget', flags: ['--noproxy', '--no-proxy'], say: 'is NO_PROXY in the environment here' },
  { tools: 'curl', flags: ['--socks5', '--socks5-hostname', '--socks4', '--socks4a', '--preproxy'], say: 'is --proxy socks5://HOST:PORT here; socks5h, socks4 and socks4a as well' },
  { tools: 'aria2', flags: ['--http-proxy', '--https-proxy'], say: 'is --proxy here, or HTTP_PROXY and HTTPS_PROXY in the environment' },
  { tools: 'aria2', flags: ['--all-proxy-user', '--all-proxy-passwd', '--http-proxy-user', '--http-proxy-passwd', '--https-proxy-user', '--https-proxy-passwd'], say: 'is part of --proxy here: http://USER:PASSWORD@HOST:PORT' },
  { tools: 'curl', flags: ['--basic', '--anyauth', '--ntlm', '--negotiate'], say: 'is not needed: --user answers Basic and Digest' },
  { tools: 'aria2', flags: ['--checksum'], say: 'is a column of a list here: --checksum-column' },
  { tools: 'aria2', flags: ['--check-integrity', '--hash-check-only'], say: `${NOT_NEEDED} what the list has a checksum for is checked, also what is there already` },
  { tools: 'curl', flags: ['-K', '--config'], say: 'has no counterpart: options are given on the command line; -i is a list of URLs' },
  { tools: 'curl', flags: ['--url'], say: `${NOT_NEEDED} give the URL alone` },
  { tools: 'wget', flags: ['-a', '--append-output', '--output-file'], say: 'is 2> FILE here, or --json > FILE; wget\'s -o too' },
  { tools: 'curl, aria2', flags: ['-l', '--log'], say: 'is --json > FILE here' },

  // Neither.
  { tools: 'curl', flags: ['-X', '--request', '--data', '--data-raw', '--data-binary', '--data-urlencode', '--json-data', '-F', '--form', '-G', '--get', '--upload-file'], say: ONLY_GET },
  { tools: 'wget', flags: ['--post-data', '--post-file', '--method', '--body-data'], say: ONLY_GET },
  { tools: 'curl', flags: ['-I', '--head', '--include'], say: `${ONLY_GET}; --dry-run shows what it would do` },
  { tools: 'wget', flags: ['--spider', '--server-response'], say: `${ONLY_GET}; --dry-run shows what it would do` },
  { tools: 'curl', flags: ['-r', '--range'], say: 'has no counterpart: files are saved whole; wget\'s -r neither: flaghoist follows no links in pages' },
  { tools: 'wget', flags: ['-np', '--no-parent', '--recursive', '--level', '-p', '--page-requisites', '--mirror', '--convert-links', '--adjust-extension', '--reject', '--accept-regex', '--reject-regex', '-D', '--domains', '--span-hosts'], say: NO_CRAWL },
  { tools: 'wget', flags: ['--force-directories'], say: 'is --tree here' },
  { tools: 'wget', flags: ['--cut-dirs', '--protocol-directories', '--default-page', '--trust-server-names', '--restrict-file-names'], say: 'is -o here: a template such as {host}/{path}/{name}; names are safe on every system' },
  { tools: 'aria2', flags: ['--index-out'], say: 'is a column of a list here: --name-column' },
  { tools: 'wget', flags: ['--background'], say: 'has no counterpart: end the command with &, or start it by nohup' },
  { tools: 'aria2', flags: ['--daemon'], say: 'has no counterpart: end the command with &, or start it by nohup' },
  { tools: 'aria2', flags: ['--on-download-complete', '--on-download-error', '--on-download-start', '--on-download-stop'], say: 'is --json here: a line for each file as it ends' },
  { tools: 'aria2', flags: ['--conf-path'], say: 'has no counterpart: options are given on the command line; -i is a list of URLs' },
  { tools: 'wget', flags: ['--execute'], say: 'has no counterpart: there is no .wgetrc, and robots.txt is read with --robots only' },
  { tools: 'aria2', flags: ['--enable-rpc', '--seed-time', '--bt-max-peers', '--follow-torrent', '--torrent-file'], say: 'has no counterpart: flaghoist speaks only HTTP and HTTPS' },
];

/** A value of one of our options that shows that another tool's was meant. */
interface MistakenValue {
  readonly flags: readonly string[];
  readonly tools: string;
  /** What the value looks like. */
  readonly like: RegExp;
  readonly say: string;
}

// biome-ignore format: a table, a case on each line
const MISTAKEN_VALUES: readonly MistakenValue[] = [
  { flags: ['-d', '--directory'], tools: 'curl', like: /^(?:[\w.-]+=|[{@])/, say: `is data to send; here it is the directory, and flaghoist only sends GET requests` },
  { flags: ['-i', '--input'], tools: 'curl', like: /^https?:\/\//i, say: 'shows headers; here it is a list of URLs in a file, and a URL is given alone' },
  { flags: ['-b', '--cookies'], tools: 'curl', like: /^[\w.-]+=/, say: 'may be a cookie; here it is a file of cookies, and a cookie is -H \'Cookie: NAME=VALUE\'' },
  { flags: ['-b', '--cookies'], tools: 'wget', like: /^https?:\/\//i, say: 'goes to the background; here it is a file of cookies' },
  { flags: ['-d', '--directory'], tools: 'wget', like: /^https?:\/\//i, say: 'is for debugging; here it is the directory' },
  { flags: ['-H', '--header'], tools: 'wget', like: /^https?:\/\//i, say: 'spans hosts; here it is a header, and flaghoist follows no links in pages' },
  { flags: ['-o', '--output'], tools: 'wget', like: /^[^{]*\.log$/i, say: 'is a log file; here it names the file that is saved, and a log is --json > FILE' },
  { flags: ['-A', '--user-agent'], tools: 'wget', like: /^(?:\*\.\w+|\.?\w{2,4}(?:,\.?\w{2,4})+)$/, say: 'is the endings to accept; here it is the User-Agent, and types are --accept image/*' },
  { flags: ['-x', '--proxy'], tools: 'aria2', like: /^\d+$/, say: 'is connections for each server; here it is the proxy, and connections for one file are --segments N' },
  { flags: ['-x', '--proxy'], tools: 'wget', like: /^https?:\/\/[^/]+\/./, say: 'makes directories; here it is the proxy, and directories are made by --tree' },
];

/** The options that translate, by command. Other commands have few, and none of other tools'. */
const TABLES: Readonly<Record<string, OptionTable>> = {
  get: GET_OPTIONS,
  retry: { ...GET_OPTIONS, ...RETRY_SELECTION },
};

/**
 * The arguments with the options of curl, wget and aria2 that mean the same as ours in our words.
 * @param args begins with the command
 * @throws UsageError that answers those that do not
 */
export function inOurWords(args: readonly string[]): readonly string[] {
  const [command = '', ...rest] = args;
  const table = TABLES[command];
  return table === undefined ? args : [command, ...new Translation(table).of(rest)];
}

/** Of the arguments of one command. */
class Translation {
  /** Whether each of our options takes the next argument as its value. */
  readonly #takesValue = new Map<string, boolean>();
  readonly #answers: string[] = [];
  readonly #out: string[] = [];

  constructor(table: OptionTable) {
    for (const { flags } of Object.values(table)) {
      for (const [flag] of flags.matchAll(/(?:^|(?<=\s))--?[\w-]+/g)) {
        this.#takesValue.set(flag, flags.includes('<'));
      }
    }
  }

  /** @throws UsageError */
  of(args: readonly string[]): readonly string[] {
    const left = [...args];
    for (let arg = left.shift(); arg !== undefined; arg = left.shift()) {
      if (arg === '--') {
        this.#out.push(arg, ...left);
        break;
      }
      if (arg.startsWith('--')) this.#long(arg, left);
      else if (arg.startsWith('-') && arg !== '-') this.#short(arg, left);
      else this.#out.push(arg);
    }
    const [first, ...others] = this.#answers;
    if (first !== undefined) throw new UsageError(first, { others });
    return this.#out;
  }

  #long(arg: string, left: string[]): void {
    const at = arg.indexOf('=');
    const [flag, attached] = at < 0 ? [arg] : [arg.slice(0, at), arg.slice(at + 1)];
    const isOurs = this.#takesValue.has(flag);
    const other = isOurs ? undefined : (otherNamed(arg) ?? otherNamed(flag));
    if (other !== undefined) this.#translate(other, flag, attached, left);
    else this.#ours(arg, flag, attached, left);
  }

  /** `-qL`: letters of options without a value, and at most one with a value at the end. */
  #short(arg: string, left: string[]): void {
    const whole = otherNamed(arg);
    if (whole !== undefined) {
      this.#translate(whole, arg, undefined, left);
      return;
    }
    for (let at = 1; at < arg.length; at++) {
      const flag = `-${arg[at]}`;
      const attached = arg.slice(at + 1) || undefined;
      if (this.#letter(flag, attached, left)) return;
    }
  }

  /** @returns whether the rest of the argument is used up */
  #letter(flag: string, attached: string | undefined, left: string[]): boolean {
    const other = this.#takesValue.has(flag) ? undefined : otherNamed(flag);
    if (other !== undefined) {
      const takesValue = other.is !== undefined && this.#takesValue.get(other.is) === true;
      // No letter is a dash: `-qO-` has a value.
      const hasValue = takesValue || attached === '-';
      this.#translate(other, flag, hasValue ? attached : undefined, left);
      return hasValue;
    }
    // An unknown option is left as it is, for commander to report.
    const isWhole = this.#takesValue.get(flag) !== false;
    const rest = isWhole ? attached : undefined;
    this.#ours(`${flag}${rest ?? ''}`, flag, rest, left);
    return isWhole;
  }

  /** An option of ours, and its value, where that does not show that another tool's was meant. */
  #ours(arg: string, flag: string, attached: string | undefined, left: string[]): void {
    this.#out.push(arg);
    if (!this.#takesValue.get(flag)) return;
    const value = attached ?? left.shift();
    if (value === undefined) return;
    if (attached === undefined) this.#out.push(value);
    const mistaken = MISTAKEN_VALUES.find(
      ({ flags, like }) => flags.includes(flag) && like.test(value),
    );
    if (mistaken) this.#answers.push(`${nameOf(mistaken.tools, flag)} ${mistaken.say}`);
  }

  #translate(other: OtherOption, flag: string, attached: string | undefined, left: string[]): void {
    const { tools, is, value = String, say, sayOf } = other;
    if (is === undefined) {
      const next = attached ?? (/^-./.test(left[0] ?? '') ? undefined : left[0]);
      this.#answers.push(`${nameOf(tools, flag)} ${sayOf?.(next) ?? say}`);
      return;
    }
    const given = this.#takesValue.get(is) ? (attached ?? left.shift()) : undefined;
    this.#out.push(is, ...(given === undefined ? [] : [value(given)]));
  }
}

function otherNamed(flag: string): OtherOption | undefined {
  return OTHER_OPTIONS.find(({ flags }) => flags.includes(flag));
}

/** `curl's -L`, or `-c of wget and aria2`. */
function nameOf(tools: string, flag: string): string {
  return tools.includes(',') ? `${flag} of ${tools.replace(', ', ' and ')}` : `${tools}'s ${flag}`;
}
