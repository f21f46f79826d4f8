import { once } from 'node:events';
import {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
} from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface Answer {
  status: number | undefined;
  headers: IncomingHttpHeaders;
  body: Buffer;
}

/** A request that is on its way; the caller may destroy it. */
export function send(url: string | URL, method = 'GET'): ClientRequest {
  return request(url, { method }).end();
}

/** A request that has arrived for sure: the server has asked for the rest of it. */
export async function sendAndArrive(url: string | URL): Promise<ClientRequest> {
  const sent = request(url, { headers: { expect: '100-continue' } });
  sent.flushHeaders();
  await once(sent, 'continue');
  return sent.end();
}

export async function answerTo(sent: ClientRequest): Promise<Answer> {
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  const { statusCode: status, headers } = response;
  return { status, headers, body: await buffer(response) };
}

/** By node:http, which needs no timers: a test may replace them. */
export function ask(url: string | URL, method?: string): Promise<Answer> {
  return answerTo(send(url, method));
}

/** Lets the event loop turn until something is so; the runner's timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
