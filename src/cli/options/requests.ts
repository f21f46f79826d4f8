/** What requests say and how they get to the server: options of `flaghoist get`. */
import { DEFAULT_MAX_REDIRECTS, RESPECTED_TAGS } from '../../model/options.ts';
import { ROW_KEYS } from '../../model/row-key.ts';
import { asSetting, flag, lists, parsed, text, texts } from './option.ts';
import { integer, listOf, notEmpty, oneOf, UsageError } from './values.ts';

export const REQUESTS = {
  header: texts({
    flags: '-H, --header <HEADER>',
    isCommon: true,
    help: 'a header to send, such as "Accept: image/*"; may be repeated',
    set: (settings, lines = [], { read }) => {
      settings.headers = read.headers(lines);
    },
  }),
  userAgent: text({
    flags: '-A, --user-agent <AGENT>',
    help: 'the User-Agent header',
    set: (settings, value, { read }) => {
      if (value !== undefined) settings.userAgent = read.userAgent(value);
    },
  }),
  cookies: text({
    flags: '-b, --cookies <FILE>',
    isCommon: true,
    help: 'file of cookies, in the format of Netscape and curl',
    set: async (settings, file, { read }) => {
      if (file !== undefined) settings.cookies = await read.cookies(file);
    },
  }),
  maxRedirects: parsed({
    flags: '--max-redirects <N>',
    help: 'redirects to follow for one request',
    parse: integer(0),
    default: DEFAULT_MAX_REDIRECTS,
    set: asSetting('maxRedirects'),
  }),
  raw: flag({
    flags: '--raw',
    help: 'do not ask for compressed responses, and decode none',
    set: (settings, isGiven) => {
      settings.decode = isGiven !== true;
    },
  }),
  denyPrivate: flag({
    flags: '--deny-private',
    help: 'refuse hosts that are not on the public Internet, also after redirects',
    set: asSetting('denyPrivate'),
  }),
  robots: flag({
    flags: '--robots',
    help: "fail files that their site's robots.txt does not allow",
    set: asSetting('robots'),
  }),
  respect: lists({
    flags: '--respect <TAGS>',
    help: 'fail files whose X-Robots-Tag says noai (or noimageai), noindex, or noai,noindex',
    parse: listOf(oneOf(RESPECTED_TAGS)),
    set: asSetting('respect'),
  }),
  proxy: text({
    flags: '-x, --proxy <URL>',
    isCommon: true,
    help: 'http, https, socks4(a) or socks5(h); default: HTTP_PROXY, HTTPS_PROXY, ALL_PROXY',
    set: (settings, url, { read, environment }) => {
      settings.proxy = read.proxy(url, environment);
    },
  }),
  dnsServer: texts({
    flags: '--dns-server <ADDRESS>',
    help: 'IP address of a name server to ask; may be repeated',
    set: (settings, servers = [], { read }) => {
      settings.dns = { ...settings.dns, servers: read.dnsServers(servers) };
    },
  }),
  resolve: texts({
    flags: '--resolve <HOST:PORT:ADDR>',
    help: 'address to use for a host, as in curl; may be repeated',
    set: (settings, resolve = [], { read }) => {
      settings.dns = { ...settings.dns, resolve: read.hostAddresses(resolve) };
    },
  }),
  cacert: text({
    flags: '--cacert <FILE>',
    help: 'PEM file of certificates to trust',
    set: async (settings, file, { read }) => {
      if (file !== undefined) settings.tls = { ca: await read.trustedCertificates(file) };
    },
  }),
  insecure: flag({
    flags: '-k, --insecure',
    isCommon: true,
    help: 'check no certificates: anyone on the way can read and change what is sent',
    set: (settings, isGiven) => {
      if (!isGiven) return;
      settings.insecure = true;
      process.stderr.write(
        'flaghoist: certificates are not checked (--insecure): the files may come from anyone\n',
      );
    },
  }),
  cert: text({
    flags: '--cert <FILE>',
    help: 'PEM file of the client certificate',
    set: async (settings, file, { read }) => {
      if (file !== undefined) {
        settings.tls = { ...settings.tls, cert: await read.contentsOf(file, '--cert FILE') };
      }
    },
  }),
  // After the certificate, which it is checked against.
  key: text({
    flags: '--key <FILE>',
    help: 'PEM file of its private key; without --cert: path or url-without-query, as --row-key',
    set: async (settings, file, { read }) => {
      const rowKey = ROW_KEYS.find((word) => word === file);
      if (rowKey !== undefined && settings.tls?.cert === undefined) {
        if (settings.key !== undefined) {
          throw new UsageError('--key, --row-key and --key-column exclude each other');
        }
        settings.key = rowKey;
        return;
      }
      const key = await read.privateKey(file, settings.tls?.cert);
      if (key !== undefined) settings.tls = { ...settings.tls, key };
    },
  }),
};

export const CREDENTIALS = {
  user: text({
    flags: '-u, --user <USER[:PASSWORD]>',
    isCommon: true,
    help: 'for Basic or Digest authentication; asks for the password if it is missing',
    excludes: ['userFile', 'bearer'],
    isSetLast: true,
    set: async (settings, user, { read, isDryRun }) => {
      if (user !== undefined && !isDryRun) settings.auth = await read.login(user);
    },
  }),
  userFile: text({
    flags: '--user-file <FILE>',
    help: 'the same, from a file whose first line is USER:PASSWORD',
    excludes: ['bearer'],
    set: async (settings, file, { read }) => {
      if (file !== undefined) settings.auth = await read.loginFile(file);
    },
  }),
  bearer: parsed({
    flags: '--bearer <TOKEN>',
    help: 'for Bearer authentication',
    parse: notEmpty,
    set: (settings, token, { read }) => {
      if (token !== undefined) settings.auth = read.bearer(token);
    },
  }),
  netrcFile: text({
    flags: '--netrc-file <FILE>',
    help: 'file of passwords by host',
    set: async (settings, file, { read }) => {
      if (file !== undefined) settings.netrc = await read.netrc(file, '--netrc-file');
    },
  }),
  netrc: flag({
    flags: '--netrc',
    help: 'passwords by host from .netrc in the home directory, unless --netrc-file is given',
    set: async (settings, isGiven, { read }) => {
      if (isGiven && settings.netrc === undefined) settings.netrc = await read.homeNetrc();
    },
  }),
};
