import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { BorrowedReads, borrowing } from '../../src/fetch/borrowed-reads.ts';
import { HttpClient } from '../../src/fetch/http-client.ts';
import type { BodyWriter } from '../../src/model/response.ts';

/** A connection as undici has it: two ends, ours read by loan. */
async function connection(t: TestContext): Promise<{ ours: Socket; theirs: Socket }> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const reads = new BorrowedReads();
  const ours = connect({ port, host: '127.0.0.1', onread: borrowing(() => reads) });
  reads.attach(ours);
  const [theirs] = (await once(server, 'connection')) as [Socket];
  t.after(() => {
    ours.destroy();
    theirs.destroy();
    server.close();
  });
  return { ours, theirs };
}

/** What `socket` brings from now on, as undici takes it: piece by piece, until the end. */
function take(socket: Socket): { readonly pieces: Buffer[]; readonly ended: Promise<unknown> } {
  const pieces: Buffer[] = [];
  const read = () => {
    for (let piece = socket.read(); piece !== null; piece = socket.read())
      pieces.push(Buffer.from(piece));
  };
  socket.on('readable', read);
  read();
  return { pieces, ended: once(socket, 'end') };
}

test('BorrowedReads: all that comes is handed over, and then the end is told', async (t) => {
  const { ours, theirs } = await connection(t);
  const { pieces, ended } = take(ours);
  const sent = Buffer.alloc(1_000_000, 'all of it, ');
  theirs.end(sent);
  await ended;
  assert.deepEqual(Buffer.concat(pieces), sent);
});

test('BorrowedReads: what comes lies in the same memory every time', async (t) => {
  const { ours, theirs } = await connection(t);
  const places = new Set<ArrayBufferLike>();
  ours.on('readable', () => {
    for (let piece = ours.read(); piece !== null; piece = ours.read()) places.add(piece.buffer);
  });
  theirs.end(Buffer.alloc(1_000_000));
  await once(ours, 'end');
  assert.equal(places.size, 1);
});

test('BorrowedReads: what nobody takes is kept, no more is read, and it goes on with that', async (t) => {
  const { ours, theirs } = await connection(t);
  const sent = Buffer.alloc(32 * 1024 * 1024, 'kept until it is wanted, ');
  theirs.end(sent);
  while (ours.bytesRead === 0) await setImmediate();
  const before = ours.bytesRead;
  for (let turns = 0; turns < 50; turns++) await setImmediate();
  assert.equal(ours.bytesRead, before);
  const { pieces, ended } = take(ours);
  await ended;
  assert.deepEqual(Buffer.concat(pieces), sent);
});

test('BorrowedReads: what is given back is had again, whatever came on another connection', async (t) => {
  const [one, other] = await Promise.all([connection(t), connection(t)]);
  one.theirs.write('taken, and given back');
  await once(one.ours, 'readable');
  const piece = one.ours.read() as Buffer;
  one.ours.unshift(piece.subarray('taken, and '.length));
  const { pieces } = take(other.ours);
  other.theirs.write('x'.repeat(1000));
  while (pieces.length === 0) await setImmediate();
  assert.equal(String(one.ours.read()), 'given back');
  assert.equal(one.ours.read(), null);
});

test('HttpClient: bodies on many connections do not mix, some of which have to pause', async (t) => {
  const bodyOf = (n: number) => createHash('sha256').update(String(n)).digest('hex').repeat(20_000);
  const server = createServer(async (socket) => {
    const [asked] = (await once(socket, 'data')) as [Buffer];
    const body = bodyOf(Number(/GET \/(\d+)/.exec(String(asked))?.[1]));
    socket.end(
      `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  await using client = new HttpClient({ maxConnections: 20 });
  const results = Array.from({ length: 20 }, async (_, n) => {
    const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
    const writer = writable.getWriter();
    let pieces = 0;
    const body: BodyWriter = {
      begin() {},
      write(chunk) {
        const written = writer.write(Buffer.from(chunk));
        // Every third of them makes its sender wait until it is taken.
        return n % 3 === 0 || pieces++ === 5 ? written : undefined;
      },
    };
    const text = buffer(readable);
    await client.get({ url: `http://127.0.0.1:${port}/${n}` }, body, {});
    await writer.close();
    assert.equal(String(await text), bodyOf(n));
  });
  await Promise.all(results);
});
