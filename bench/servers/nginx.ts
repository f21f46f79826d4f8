import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeCertificate } from './certificate.ts';
import { writeFlags } from './flag-files.ts';
import { freePort } from './free-port.ts';
import { isListening } from './listening.ts';
import { nginxConfig } from './nginx-config.ts';

/** Longest life, whatever becomes of the benchmark. */
const LIFETIME_SECONDS = 2 * 60 * 60;

/** ms until it has to listen. */
const LONGEST_START = 5_000;

/** A running nginx that serves the flags. */
export interface Nginx extends AsyncDisposable {
  /** Origin, HTTP/1.1. */
  readonly http: string;
  /** Origin, HTTP/2 for clients that ask for it. */
  readonly https: string;
  /** Path of the certificate to trust. */
  readonly certificate: string;
  /** Files put here are served at /files/. */
  readonly files: string;
}

/** @param root a directory that does not exist yet */
export async function startNginx(root: string): Promise<Nginx> {
  const files = join(root, 'files');
  await mkdir(files, { recursive: true });
  await writeFlags(join(root, 'flags'));
  const certificate = await makeCertificate(root);
  const [httpPort, httpsPort] = [await freePort(), await freePort()];
  const config = join(root, 'nginx.conf');
  const isRoot = process.getuid?.() === 0;
  await writeFile(config, nginxConfig({ root, httpPort, httpsPort, certificate, isRoot }));

  // What timeout(1) is told it passes on, so that nginx ends its worker.
  const command = ['nginx', '-e', join(root, 'error.log'), '-p', root, '-c', config];
  const child = spawn('timeout', [String(LIFETIME_SECONDS), ...command], { stdio: 'inherit' });
  const ended = once(child, 'exit');
  const server = {
    http: `http://127.0.0.1:${httpPort}`,
    https: `https://127.0.0.1:${httpsPort}`,
    certificate: certificate.certificate,
    files,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM');
      await ended;
    },
  };
  if (await isListening(child, httpPort, LONGEST_START)) return server;
  await server[Symbol.asyncDispose]();
  throw new Error('nginx does not listen');
}
