import { isIP } from 'node:net';
import { SchemeError } from '../../model/failure.ts';

/** Where a connection leads. */
export interface Destination {
  /** A name, or an address without brackets. */
  readonly host: string;
  readonly port: number;
  readonly isSecure: boolean;
  /** Whether a connection over TLS must tell if it was ended by a close_notify. @default false */
  readonly observesEnd?: boolean | undefined;
}

/** @throws SchemeError */
export function destinationOf(url: URL): Destination {
  const { protocol, hostname } = url;
  if (protocol !== 'http:' && protocol !== 'https:') throw new SchemeError(protocol);
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: portOf(url), isSecure: protocol === 'https:' };
}

/** The port of a URL, or the default one of its scheme. */
export function portOf({ protocol, port }: URL): number {
  return Number(port || (protocol === 'https:' ? 443 : 80));
}

/** `host:port` as in URLs and `CONNECT`, with an IPv6 address in brackets. */
export function hostAndPort({ host, port }: Destination): string {
  return `${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}
