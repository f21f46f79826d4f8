import { HttpClient } from '../../src/fetch/http-client.ts';
import type { HttpOptions } from '../../src/fetch/http-options.ts';
import type { BodyWriter, FetchRequest, Received } from '../../src/model/response.ts';
import { Body } from '../support/body.ts';

/** Makes one GET with a client of its own, over one connection. */
export async function get(
  request: FetchRequest,
  options: HttpOptions = {},
  parts: ConstructorParameters<typeof HttpClient>[1] = {},
): Promise<Received & { readonly body: Body; readonly text: string }> {
  const body = new Body();
  const received = await getInto(body, request, options, parts);
  return { ...received, body, text: body.text };
}

/** The same, into a body of the test's own. */
export async function getInto(
  body: BodyWriter,
  request: FetchRequest,
  options: HttpOptions = {},
  parts: ConstructorParameters<typeof HttpClient>[1] = {},
): Promise<Received> {
  await using client = new HttpClient(options, { maxConnections: 1, ...parts });
  return await client.get(request, body, {});
}
