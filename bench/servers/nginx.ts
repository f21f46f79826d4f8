import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { writeFlags } from './flag-files.ts';
import { freePort } from './free-port.ts';
import { nginxConfig } from './nginx-config.ts';
import { runNginx } from './run-nginx.ts';

/** A running nginx that serves the flags. */
export interface Nginx extends AsyncDisposable {
  /** Origin, HTTP/1.1. */
  readonly http: string;
  /** Origin, HTTP/2 for clients that ask for it. */
  readonly https: string;
  /** Path of its certificate, for clients to trust. */
  readonly certificate: string;
  /** A directory, whose files are served at /files/. */
  readonly files: string;
}

/** @param root a directory that does not exist yet */
export async function startNginx(root: string): Promise<Nginx> {
  const files = join(root, 'files');
  await mkdir(files, { recursive: true });
  await writeFlags(join(root, 'flags'));
  const certificate = await makeCertificate(root);
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const isRoot = process.getuid?.() === 0;
  const config = nginxConfig({ root, httpPort, httpsPort, certificate, isRoot });
  const nginx = await runNginx({ root, config, port: httpPort });
  return {
    http: `http://127.0.0.1:${httpPort}`,
    https: `https://127.0.0.1:${httpsPort}`,
    certificate: certificate.certificate,
    files,
    [Symbol.asyncDispose]: () => nginx[Symbol.asyncDispose](),
  };
}
