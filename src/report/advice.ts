/** What the user can do about each reason. The reasons are those of docs/reasons.md. */
const ADVICE: Readonly<Record<string, string>> = {
  'bad-row': 'correct these rows of the list; the messages name line and column',
  'bad-url': 'correct these URLs; they must begin with http:// or https://',
  // In ledgers of earlier versions, for any of the next three.
  dns: 'look for mistyped hosts; if there are none, ask another name server or try again later',
  'dns-not-found': 'there are no such hosts: correct the list',
  'dns-timeout': 'no name server answered: try again later, or name another with --dns-server',
  'dns-failed': 'the name servers failed: try again later, or name another with --dns-server',
  connect: 'the host is down or refuses; try again later',
  'address-refused':
    'the host is not on the public Internet: leave --deny-private out if it is to be asked',
  'robots-txt':
    'the site does not allow them: ask it, or leave --robots out where the site is your own',
  'robots-tag': 'their owner does not allow this use: ask the owner',
  proxy: 'the proxy refuses: look at --proxy, or HTTP_PROXY and HTTPS_PROXY',
  tls: 'look at the host certificate; one of your own goes in with --cacert',
  'timeout-connect': 'try again later, or allow more with --connect-timeout',
  'timeout-first-byte': 'the server is slow: fewer at a time (-m), or more --first-byte-timeout',
  'timeout-idle': 'the server stalls: fewer at a time (-m), or more --idle-timeout',
  'timeout-total': 'allow more with --row-timeout or --run-timeout',
  'too-slow': 'fewer at a time (-m), or a lower --lowest-speed',
  'connection-lost': 'the server closes connections: fewer at a time (-m), then retry',
  protocol: 'look whether something else than HTTP listens there',
  truncated: 'run the same command again: parts go on where they ended',
  range: 'run the same command again: the files are begun anew',
  checksum: 'the file is not the one that the list means: ask its publisher, or correct the list',
  'too-large': 'allow more with --max-size',
  'too-small': 'look what the server sends in their place; --min-size says what is too small',
  'wrong-type':
    'look what the server sends in their place: a login page, perhaps (--cookies, --user)',
  'wrong-size':
    'the file is not the one that the list means: ask its publisher, or correct the list',
  encoding: 'the server sends broken compression: take it as it comes with --raw',
  'redirect-loop': 'try the URLs in a browser; they may need cookies (--cookies)',
  'redirect-refused': 'look where the server leads; such places are not followed',
  'name-collision': 'give the rows names of their own: -o, --tree, or --on-collision rename',
  'changed-here':
    'the files here were changed: move them away, or --on-collision overwrite or rename',
  'disk-full': 'make room and run the same command again',
  'not-writable': 'look at the permissions of the directory',
  'too-many-open-files': 'allow more with ulimit -n, or fewer at a time (-m)',
  'upload-failed': 'the storage did not take the files: run the same command again later',
  cancelled: 'run the same command again: it goes on where it stopped',
  'http-401': 'the server asks for a login: --user, --bearer or --netrc',
  'http-403': 'the server refuses: try another --user-agent, or --user',
  'http-404': 'the server has no such file: correct the list',
  'http-407': 'the proxy asks for a login: put user and password in --proxy',
  'http-410': 'the file is gone for good: take it off the list',
  'http-416': 'run the same command again: the files are begun anew',
  'http-429': 'the server asks for fewer requests: fewer at a time (-m), then retry later',
  'http-451': 'the server may not give it for legal reasons',
};

/** @returns one line of advice; for an unknown reason, where to read on */
export function adviceFor(reason: string): string {
  const advice = ADVICE[reason];
  if (advice !== undefined) return advice;
  if (reason.startsWith('http-5')) return 'the server is in trouble: try again later';
  if (reason.startsWith('http-3')) return 'the server leads nowhere: try the URLs in a browser';
  if (reason.startsWith('http-4')) return 'the server rejects the requests: try one by hand';
  return 'look at the message; docs/reasons.md says what the words mean';
}
