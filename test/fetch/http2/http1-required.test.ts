import assert from 'node:assert/strict';
import type { ServerHttp2Stream } from 'node:http2';
import { test } from 'node:test';
import { HttpClient } from '../../../src/fetch/http-client.ts';
import { ConnectionLostError } from '../../../src/model/failure.ts';
import { Body } from '../../support/body.ts';
import { selfSigned } from '../../support/certificates.ts';
import { FRAME, numbers } from '../../support/frame-server.ts';
import { OK, openFrames } from '../../support/open-frames.ts';
import { serveHttp2 } from '../../support/open-http2.ts';

/** HTTP_1_1_REQUIRED (RFC 9113 section 7). */
const HTTP_1_1_REQUIRED = 13;

for (const [how, refuse] of [
  ['RST_STREAM', (stream: ServerHttp2Stream) => stream.close(HTTP_1_1_REQUIRED)],
  ['GOAWAY', ({ session }: ServerHttp2Stream) => session?.goaway(HTTP_1_1_REQUIRED, 0)],
] as const) {
  test(`HttpClient: uses HTTP/1.1 from then on with a server that asks for it by ${how}`, async (t) => {
    const identity = await selfSigned();
    let streams = 0;
    const onStream = (stream: ServerHttp2Stream) => {
      streams++;
      refuse(stream);
    };
    const port = await serveHttp2(t, identity, onStream, {}, true);
    await using client = new HttpClient(
      { tls: { ca: identity.cert } },
      { maxConnections: 4, http2From: 1 },
    );
    const url = `https://127.0.0.1:${port}/`;
    const bodies = [new Body(), new Body(), new Body()];
    await Promise.all(bodies.map((body) => client.get({ url }, body, {})));
    assert.deepEqual(
      bodies.map(({ text }) => text),
      ['GIF', 'GIF', 'GIF'],
    );
    const before = streams;
    assert.ok(before >= 1);
    await client.get({ url }, new Body(), {});
    assert.equal(streams, before, 'it is remembered');
  });
}

test('Http2Session: reports a request for HTTP/1.1 once, and the request as unprocessed', async (t) => {
  const { get, asked, told } = await openFrames(t, (peer, stream) => {
    peer.send(FRAME.reset, 0, stream, numbers(HTTP_1_1_REQUIRED));
  });
  const got = get();
  await got.over;
  assert.ok(got.error instanceof ConnectionLostError && got.error.isUnprocessed);
  assert.deepEqual([asked.http1, told.retired], [1, 1]);
});

test('Http2Session: a response that has begun is lost, and not resent', async (t) => {
  const { get } = await openFrames(t, (peer, stream) => {
    peer.head(stream, OK);
    peer.send(FRAME.reset, 0, stream, numbers(HTTP_1_1_REQUIRED));
  });
  const got = get();
  await got.over;
  assert.ok(got.error instanceof ConnectionLostError && !got.error.isUnprocessed);
});

test('Http2Session: returns all lines of Content-Encoding', async (t) => {
  const { get } = await openFrames(t, (peer, stream) => {
    const codings = [
      ['content-encoding', 'identity'] as const,
      ['content-encoding', 'gzip'] as const,
    ];
    peer.head(stream, [...OK, ...codings], 5);
  });
  const got = get();
  await got.over;
  assert.deepEqual(got.heads[0]?.headers['content-encoding'], ['identity', 'gzip']);
});
