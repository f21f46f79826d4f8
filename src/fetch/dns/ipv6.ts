import { networkInterfaces } from 'node:os';

/** Global unicast (RFC 4291 section 2.4): 2000::/3. */
const GLOBAL = /^[23][0-9a-f]{3}:/i;

/**
 * Whether this machine has an IPv6 address of the public Internet. Without one AAAA records are of no
 * use but for hosts that have no A record: what AI_ADDRCONFIG of getaddrinfo(3) is for.
 */
export function hasGlobalIpv6(interfaces = networkInterfaces()): boolean {
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .some(
      ({ family, internal, address }) => family === 'IPv6' && !internal && GLOBAL.test(address),
    );
}
