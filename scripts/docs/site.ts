import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build, createServer, serve } from 'vitepress';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const SITE = fileURLToPath(new URL('../../build/docs', import.meta.url));

/** Writes the site. @throws Error for a link that leads nowhere */
export async function buildSite(): Promise<void> {
  await rm(SITE, { recursive: true, force: true });
  await build(HERE);
}

/** Serves the site as it was built, until the process ends. */
export async function serveSite(): Promise<void> {
  await serve({ root: HERE });
}

/** Serves the pages as they are now, and follows their changes, until the process ends. */
export async function watchPages(): Promise<void> {
  const server = await createServer(HERE);
  await server.listen();
  server.printUrls();
}
