import type { RespectedTag } from '../model/options.ts';

/** How to speak HTTP. Options are values: the contents of files, not their paths. */
export interface HttpOptions {
  /**
   * Connections over all origins, open or being opened. At this bound the idle connection that was used
   * least recently is closed for a new one. Without an idle one, the new connection waits. It must not
   * be less than the number of requests at a time.
   * @default Infinity
   */
  readonly maxOpenConnections?: number | undefined;
  /** The `User-Agent` header. @default 'flaghoist' */
  readonly userAgent?: string | undefined;
  /** Headers of every request. Those of a row win over them. @default {} */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Credentials for each row's own origin. Other origins, where a redirect may lead, do not get them. A
   * user and a password are sent at once by Basic authentication (RFC 7617), and by Digest (RFC 7616)
   * where a server asks for it.
   * @default undefined none
   */
  readonly auth?: Auth | undefined;
  /**
   * The contents of a `.netrc` file. An entry is for its host, also when a redirect leads there. It is
   * used where neither the row's URL nor `auth` has a password.
   * @default undefined none
   */
  readonly netrc?: string | undefined;
  /**
   * The contents of a cookie file in Netscape's format, as curl and browsers' exporters write it.
   * @default undefined none
   */
  readonly cookies?: string | undefined;
  /** @default {} no proxy */
  readonly proxy?: ProxyOptions | undefined;
  /** @default {} the usual certificate authorities, and no client certificate */
  readonly tls?: TlsOptions | undefined;
  /**
   * Check no certificate, neither of servers nor of proxies. Anyone on the way can then read what is
   * sent, credentials included, and change what comes. `tls.ca` is the safe way to trust a server of
   * one's own.
   * @default false
   */
  readonly insecure?: boolean | undefined;
  /** @default {} the system's name servers and hosts file */
  readonly dns?: DnsOptions | undefined;
  /**
   * Refuse hosts that are not on the public Internet: loopback, private, link-local and other special
   * addresses, whether they come from a row, a mirror, a redirect or a name. Names that a proxy looks up
   * are left to the proxy.
   * @default false
   */
  readonly denyPrivate?: boolean | undefined;
  /** Ask for gzip, br and zstd, and save the decoded body. @default false */
  readonly decode?: boolean | undefined;
  /** Redirects to follow for one request; Infinity for any number. @default 20 */
  readonly maxRedirects?: number | undefined;
  /** Of each request, in ms; 0 or Infinity for none. @default { connect: 10_000, firstByte: 30_000, idle: 30_000 } */
  readonly deadlines?: Partial<Deadlines> | undefined;
  /**
   * In bytes a second. A body that comes slower than this for `speedWindow` fails with `too-slow`.
   * @default 0 no limit
   */
  readonly lowestSpeed?: number | undefined;
  /** How long a body may be slower than `lowestSpeed`, in ms. @default 30_000 */
  readonly speedWindow?: number | undefined;
  /** The largest file, in bytes after decoding. A larger one fails with `too-large`. @default Infinity */
  readonly maxSize?: number | undefined;
  /** The smallest file, in bytes after decoding. A smaller one fails with `too-small`. @default 0 */
  readonly minSize?: number | undefined;
  /**
   * The media types that a file may have, such as `image/png` or `image/*`. A file fails with `wrong-type`
   * when the server says another type, or when its first bytes show another one. Where the server says
   * none, or `application/octet-stream`, the bytes decide. The types are sent as the `Accept` header
   * unless one is given.
   * @default undefined any type
   */
  readonly accept?: readonly string[] | undefined;
  /**
   * Ask each origin's robots.txt first (RFC 9309), also where a redirect leads. A file that it does not
   * allow fails with `robots-txt`. The rules are those for the first word of `userAgent`.
   * @default false
   */
  readonly robots?: boolean | undefined;
  /**
   * Wishes in a response's `X-Robots-Tag` to respect: `noai` stands for noai and noimageai, `noindex` for
   * noindex, noimageindex and none. Such a file fails with `robots-tag`.
   * @default [] none
   */
  readonly respect?: readonly RespectedTag[] | undefined;
}

/** Who the requests come from. */
export type Auth =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string };

/**
 * URLs of proxies, with `user:password@` where the proxy asks for it: `http://`, `https://`,
 * `socks4a://` and `socks5h://` look names up themselves; `socks4://` and `socks5://` are given
 * addresses.
 */
export interface ProxyOptions {
  /** For `http:` URLs. @default undefined none */
  readonly http?: string | undefined;
  /** For `https:` URLs, through a tunnel. @default undefined none */
  readonly https?: string | undefined;
  /**
   * Hosts to connect to directly, as in NO_PROXY: names with all their subdomains, addresses, ranges
   * of addresses, each with or without a port, or `*` for all:
   * `example.com,*.local,10.0.0.0/8,[::1]:8080`.
   * @default '' none
   */
  readonly except?: string | undefined;
}

/** How host names are looked up, except for those that a proxy looks up. */
export interface DnsOptions {
  /**
   * IP addresses of name servers, with or without a port: `1.1.1.1`, `1.1.1.1:53`, `[::1]:5353`.
   * @default [] those of the system
   */
  readonly servers?: readonly string[] | undefined;
  /**
   * Addresses for hosts, in the syntax of curl's `--resolve`: `HOST:PORT:ADDR[,ADDR]…`, with `*` for
   * any host. No name server is asked for these.
   * @default []
   */
  readonly resolve?: readonly string[] | undefined;
}

/** In PEM format. */
export interface TlsOptions {
  /** Certificates to trust in addition to the usual ones. @default undefined none */
  readonly ca?: string | undefined;
  /** Shown to each row's own origin when it asks for one. @default undefined none */
  readonly cert?: string | undefined;
  /** The private key of `cert`. @default undefined none */
  readonly key?: string | undefined;
  /** Of `key`. @default undefined none */
  readonly passphrase?: string | undefined;
}

/** How long to wait in each step of a request, in ms; 0 or Infinity for no deadline. */
export interface Deadlines {
  /** For DNS, TCP and TLS. Fails with `timeout-connect`. @default 10_000 */
  readonly connect: number;
  /** From the request to the head of its response. Fails with `timeout-first-byte`. @default 30_000 */
  readonly firstByte: number;
  /** Without a byte in the middle of a body. Fails with `timeout-idle`. @default 30_000 */
  readonly idle: number;
}
