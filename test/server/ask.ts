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

/** Sends a request, which the caller may destroy. */
export function send(url: string | URL, method = 'GET'): ClientRequest {
  return request(url, { method }).end();
}

/** Sends a request and waits until it has arrived: the server has answered its Expect header. */
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

/** Sends a request with node:http, which needs no timers: a test may mock them. */
export function ask(url: string | URL, method?: string): Promise<Answer> {
  return answerTo(send(url, method));
}

/** Lets the event loop run until `condition` holds. The test runner's timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
