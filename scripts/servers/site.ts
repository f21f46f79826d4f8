import { randomBytes } from 'node:crypto';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** A file on the server. */
export interface SiteFile {
  /** Its path as in a URL, without the first slash. */
  readonly path: string;
  readonly body: Buffer;
}

/** A directory of files to serve. */
export interface Site {
  readonly directory: string;
  /** Small files, of sizes at which servers and clients change their behaviour. */
  readonly small: readonly SiteFile[];
  /** A file large enough for segments. */
  readonly large: SiteFile;
}

const LARGE_BYTES = 24 * 1024 * 1024;

/** Empty, one byte, the sizes of a TCP segment, a page and a read, and a size that takes several pieces. */
const SIZES = [0, 1, 1_400, 4_096, 10_000, 16_384, 65_535, 65_536, 65_537, 300_000];

/** Writes the files into a new directory that every user can read. */
export async function makeSite(directory: string): Promise<Site> {
  const small = [
    ...SIZES.map((size) => ({ path: `sizes/${size}.bin`, body: randomBytes(size) })),
    // For servers that compress.
    { path: 'text.html', body: Buffer.from('<p>the same again and again</p>\n'.repeat(5_000)) },
    { path: 'names/with%20space%20%C3%BC.bin', body: randomBytes(1_000) },
    { path: 'names/plus+and&and=.bin', body: randomBytes(1_000) },
    { path: 'deep/er/and/deep/er/file.bin', body: randomBytes(1_000) },
  ];
  const large = { path: 'large.bin', body: randomBytes(LARGE_BYTES) };
  for (const { path, body } of [...small, large]) {
    const file = join(directory, decodeURIComponent(path));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, body);
  }
  await chmod(directory, 0o755);
  return { directory, small, large };
}
