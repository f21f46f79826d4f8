import { readFile, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BrokenRunError } from '../model/broken-run-error.ts';
import { unlessMissing } from '../model/error-code.ts';

/** Where a connection leads, and as whom. */
export interface Login {
  /** A name or an address, or the directory of a socket. */
  readonly host: string;
  readonly port: number;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
}

/** The rights of a file for its group and for all others. */
const OTHERS = 0o077;

/**
 * The password for a login in `~/.pgpass`, or in the file that PGPASSFILE names: that of the first line that
 * fits, as psql has it (https://www.postgresql.org/docs/current/libpq-pgpass.html).
 * @returns undefined when no line fits
 * @throws BrokenRunError for a file that others may read; the file system's errors
 */
export async function passwordFor(
  { host, port, database, user }: Login,
  path = process.env.PGPASSFILE ?? join(homedir(), '.pgpass'),
): Promise<string | undefined> {
  const stats = await unlessMissing(stat(path));
  if (!stats?.isFile()) return undefined;
  if (process.platform !== 'win32' && (stats.mode & OTHERS) !== 0) {
    throw new BrokenRunError(
      `other users may read the passwords in ${path}, so none is taken from it: chmod 600 ${path}`,
    );
  }
  // Of a socket psql looks for `localhost`.
  const hosts = host.startsWith('/') ? ['localhost', host] : [host];
  for (const line of (await readFile(path, 'utf8')).split(/\r?\n/)) {
    const [ofHost = '', ofPort, ofDatabase, ofUser, password] = fieldsOf(line);
    const fits =
      [...hosts, '*'].includes(ofHost) &&
      [String(port), '*'].includes(ofPort ?? '') &&
      [database, '*'].includes(ofDatabase) &&
      [user, '*'].includes(ofUser);
    if (fits && password !== undefined) return password;
  }
  return undefined;
}

/** The fields of a line, between colons: a backslash has a colon or a backslash be a part of one. */
function fieldsOf(line: string): string[] {
  if (line.startsWith('#')) return [];
  const fields = [''];
  for (const [, escaped, separator, plain] of line.matchAll(/\\(.)|(:)|([^\\:]+|\\$)/g)) {
    if (separator !== undefined && fields.length < 5) fields.push('');
    else fields.push(`${fields.pop()}${escaped ?? separator ?? plain}`);
  }
  return fields;
}
