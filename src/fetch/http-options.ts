/** How to speak HTTP: values only, contents and not paths. Defaults are those of model/options.ts. */
export interface HttpOptions {
  /** Per origin; requests beyond them wait for a free one. Default: 5. */
  readonly maxConnections?: number | undefined;
  /**
   * Over all origins, open or being made: at the bound the idle one that was used least recently is closed for
   * a new one, and where none is idle the new one waits. At least as many as there are requests at a time.
   * @default Infinity
   */
  readonly maxOpenConnections?: number | undefined;
  readonly userAgent?: string | undefined;
  /** For every request; a row's own headers win over them. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * Credentials for each row's own origin. No other origin that a redirect leads to gets them. A user and a password
   * go out by Basic authentication (RFC 7617) at once, and by Digest (RFC 7616) where a server asks for that.
   */
  readonly auth?: Auth | undefined;
  /** The contents of a `.netrc` file; a row's URL with a user and no password has its password from there. */
  readonly netrc?: string | undefined;
  /** The contents of a cookie file as browsers' exporters and curl write it (Netscape's format). */
  readonly cookies?: string | undefined;
  readonly proxy?: ProxyOptions | undefined;
  readonly tls?: TlsOptions | undefined;
  readonly dns?: DnsOptions | undefined;
  /**
   * Refuse hosts that are not on the public Internet: loopback, private, link-local and other special
   * addresses, whatever leads there (a row, a mirror, a redirect, a name). Names that a proxy looks up are
   * the proxy's to refuse. Default: false.
   */
  readonly denyPrivate?: boolean | undefined;
  /** Ask for gzip, br and zstd, and save what is in them. Default: false, bodies as they come. */
  readonly decode?: boolean | undefined;
  readonly maxRedirects?: number | undefined;
  /** Of each request, in ms; 0 or Infinity for none. */
  readonly deadlines?: Partial<Deadlines> | undefined;
  /** In bytes a second; a body that comes slower for as long as `speedWindow` (ms) fails. */
  readonly lowestSpeed?: number | undefined;
  readonly speedWindow?: number | undefined;
  /** The longest file wanted, in bytes, decoded. */
  readonly maxSize?: number | undefined;
  /** The shortest file accepted, in bytes, decoded. @default 0 */
  readonly minSize?: number | undefined;
  /**
   * The media types that a file may have, such as `image/png` or `image/*`; a file of another one, or of
   * none, fails with `wrong-type`. They are sent as the `Accept` header where no other is given.
   * @default any
   */
  readonly accept?: readonly string[] | undefined;
}

export type Auth =
  | { readonly type: 'basic'; readonly username: string; readonly password: string }
  | { readonly type: 'bearer'; readonly token: string };

/**
 * URLs of proxies, with `user:password@` where they ask for it: `http://`, `https://`; `socks4a://` and
 * `socks5h://`, which look names up; `socks4://` and `socks5://`, which are given addresses.
 */
export interface ProxyOptions {
  /** For `http:` URLs. */
  readonly http?: string | undefined;
  /** For `https:` URLs, through a tunnel. */
  readonly https?: string | undefined;
  /**
   * Hosts to be asked directly, as in NO_PROXY: names with all below them, addresses, ranges of them,
   * ports, or `*` for all: `example.com,*.local,10.0.0.0/8,[::1]:8080`.
   */
  readonly except?: string | undefined;
}

/** How hosts are looked up. What a proxy is asked for, the proxy looks up. */
export interface DnsOptions {
  /**
   * IP addresses of the name servers, with or without a port: `1.1.1.1`, `1.1.1.1:53`, `[::1]:5353`.
   * @default those of the system
   */
  readonly servers?: readonly string[] | undefined;
  /**
   * Addresses for hosts, in the syntax of curl's `--resolve`: `HOST:PORT:ADDR[,ADDR]…`, with `*` for
   * any host. They are used without asking a name server.
   * @default none
   */
  readonly resolve?: readonly string[] | undefined;
}

/** PEM. */
export interface TlsOptions {
  /** Trusted on top of the usual ones. */
  readonly ca?: string | undefined;
  /** Shown to each row's own origin, when it asks. */
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly passphrase?: string | undefined;
}

/** How long to wait for each step of a request, in ms. */
export interface Deadlines {
  readonly connect: number;
  readonly firstByte: number;
  readonly idle: number;
}
