// One download, for the styles that can await.
import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { Agent, get, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Job } from './start.ts';

/** Keeps connections, as many as there are requests at a time. */
export const agent = new Agent({ keepAlive: true });

/** Downloads a file, which gets its name once it is whole. */
export async function fetchFile(job: Job, signal?: AbortSignal): Promise<void> {
  job.times.began = performance.now();
  const request = get(job.url, { agent, signal });
  const [response] = (await once(request, 'response', { signal })) as [IncomingMessage];
  job.times.answered = performance.now();
  const body = await buffer(response);
  check(job, response, body);
  await writeFile(`${job.path}.part`, body, { signal });
  await rename(`${job.path}.part`, job.path);
  job.times.saved = performance.now();
}

/** @throws Error if the response is not the whole file */
export function check(job: Job, { statusCode, headers }: IncomingMessage, body: Buffer): void {
  if (statusCode !== 200) throw new Error(`${job.url}: ${statusCode}`);
  if (body.length !== Number(headers['content-length'])) throw new Error(`${job.url}: cut off`);
}
