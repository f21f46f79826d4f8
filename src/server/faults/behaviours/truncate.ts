import { gzipSync } from 'node:zlib';
import { defineFault } from '../fault.ts';
import { choice, share } from '../fault-option.ts';
import type { FaultyExchange } from '../faulty-exchange.ts';

/** The body ends too early. How it shows depends on its framing (RFC 9112 sections 6.3 and 8). */
export const truncate = defineFault({
  name: 'truncate',
  summary: 'the body ends too early',
  options: { framing: choice('length', 'chunked', 'gzip'), at: share(0.5) },
  behave: ({ framing, at }) => ({
    at: 'request',
    answer: (exchange) => END[framing](exchange, at),
  }),
});

const END = {
  /** Fewer bytes than announced. */
  async length(exchange: FaultyExchange, at: number): Promise<void> {
    const { status, headers, body } = exchange.honest;
    exchange.response.writeHead(status, headers);
    await sendAndHangUp(exchange, body.subarray(0, body.length * at));
  },
  /** No last chunk. */
  async chunked(exchange: FaultyExchange, at: number): Promise<void> {
    const { status, headers, body } = exchange.honest;
    const { 'content-length': _, ...rest } = headers;
    exchange.response.writeHead(status, rest);
    await sendAndHangUp(exchange, body.subarray(0, body.length * at));
  },
  /** As many bytes as announced, but the compressed stream has no end. */
  gzip(exchange: FaultyExchange, at: number): void {
    const { type, body, etag } = exchange.file;
    const whole = gzipSync(body);
    const cut = whole.subarray(0, whole.length * at);
    exchange.send({
      status: 200,
      headers: {
        'content-type': type,
        'content-encoding': 'gzip',
        'content-length': String(cut.length),
        etag,
      },
      body: cut,
    });
  },
};

async function sendAndHangUp(exchange: FaultyExchange, piece: Buffer): Promise<void> {
  exchange.response.flushHeaders();
  await exchange.sendPiece(piece);
  await exchange.flushed();
  exchange.hangUp();
}
