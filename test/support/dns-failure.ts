/** An error like those of `dns.Resolver`. */
export function dnsFailure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`queryA ${code}`), { code });
}
