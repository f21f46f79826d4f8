import type { TestContext } from 'node:test';
import { until } from '../server/ask.ts';
import { selfSigned } from './certificates.ts';
import { FRAME, type FramePeer, serveFrames } from './frame-server.ts';
import { openHttp2 } from './open-http2.ts';

/** The shortest head of a response. */
export const OK = [[':status', '200']] as const;

/** Opens a session to a server that answers each request with frames of the test. */
export async function openFrames(
  t: TestContext,
  onRequest: (peer: FramePeer, stream: number) => void,
  options: Parameters<typeof openHttp2>[3] = {},
) {
  const identity = await selfSigned();
  let peer: FramePeer | undefined;
  const port = await serveFrames(t, identity, ({ type, stream }, from) => {
    peer = from;
    if (type === FRAME.headers) onRequest(from, stream);
  });
  const opened = await openHttp2(t, port, identity, options);
  await until(() => peer !== undefined);
  return { ...opened, peer: peer as FramePeer };
}
