/** Unasked responses must not become those of the next request. */
import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { createServer } from 'node:tls';
import { HttpClient } from '../../src/fetch/http-client.ts';
import { Body } from '../support/body.ts';
import { selfSigned } from '../support/certificates.ts';
import { listen, serveBytes } from '../support/tiny-server.ts';

const response = (body: string, header = 'x: y') =>
  `HTTP/1.1 200 OK\r\n${header}\r\ncontent-length: ${body.length}\r\n\r\n${body}`;

/** Sends the text once for each connection, and answers no later request on it. */
function once(pieces: (path: string) => readonly string[]) {
  const asked = new WeakSet<Socket>();
  return (socket: Socket, data: Buffer) => {
    if (asked.has(socket)) return;
    asked.add(socket);
    const path = data.toString().split(' ')[1] ?? '';
    for (const piece of pieces(path)) socket.write(piece);
  };
}

/** A response of `size` bytes with its head; the body names the connection. */
function sized(path: string, size: number): string {
  const length = size - response('x'.repeat(size)).length + size;
  return response(path.padEnd(length, 'x'));
}

async function bodies(client: HttpClient, url: string): Promise<string[]> {
  const texts: string[] = [];
  for (const path of ['/1', '/2', '/3']) {
    const body = new Body();
    await client.get({ url: url + path }, body, {});
    texts.push(body.text.slice(0, 2));
  }
  return texts;
}

/** In ms: requests without a response fail soon. */
const QUICK = { firstByte: 3_000 };

/** The most bytes in a TLS record. */
const RECORD = 16 * 1024;

test('HttpClient: ignores a second response in a TLS record of its own', async (t) => {
  const identity = await selfSigned();
  const answer = once((path) => [sized(path, RECORD) + response('wrong')]);
  const server = createServer(identity, (socket) => {
    socket.on('error', () => {});
    socket.on('data', (data: Buffer) => answer(socket, data));
  });
  const { port } = await listen(t, server);
  await using client = new HttpClient({ tls: { ca: identity.cert }, deadlines: QUICK });
  assert.deepEqual(await bodies(client, `https://127.0.0.1:${port}`), ['/1', '/2', '/3']);
});

// The most bytes read at a time, and before Node looks at other sockets.
for (const size of [64 * 1024, 32 * 64 * 1024]) {
  test(`HttpClient: ignores a second response after ${size} bytes`, async (t) => {
    const { url } = await serveBytes(
      t,
      once((path) => [sized(path, size), response('wrong')]),
    );
    await using client = new HttpClient({ deadlines: QUICK });
    assert.deepEqual(await bodies(client, url), ['/1', '/2', '/3']);
  });
}

for (const [what, odd] of [
  ['a length twice', 'content-length: 2'],
  ['a folded line', 'x: a\r\n b'],
] as const) {
  test(`HttpClient: sends nothing on a connection after ${what}`, async (t) => {
    const { url, connections } = await serveBytes(t, (socket, data) => {
      socket.write(response(data.toString().split(' ')[1] ?? '', odd));
    });
    await using client = new HttpClient({ deadlines: QUICK });
    assert.deepEqual(await bodies(client, url), ['/1', '/2', '/3']);
    assert.equal(connections(), 3);
  });
}
