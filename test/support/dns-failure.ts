/** As `dns.Resolver` fails. */
export function dnsFailure(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`queryA ${code}`), { code });
}
