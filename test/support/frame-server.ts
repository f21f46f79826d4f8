import type { Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { createServer } from 'node:tls';
import type { Identity } from './certificates.ts';
import { listen } from './tiny-server.ts';

/** A frame of HTTP/2 (RFC 9113 section 4.1). */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** Types of frames (RFC 9113 section 6). */
export const FRAME = {
  data: 0,
  headers: 1,
  reset: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
} as const;

export const END_STREAM = 1;
export const END_HEADERS = 4;
export const ACK = 1;

/** A client that has connected to a server of frames. */
export interface FramePeer {
  readonly socket: Socket;
  /** The frames that it has sent. */
  readonly frames: readonly Frame[];
  send(type: number, flags: number, stream: number, payload?: Buffer): void;
  /** Sends the head of a response, in a frame of its own. */
  head(stream: number, fields: readonly (readonly [string, string])[], flags?: number): void;
}

const PREFACE = 24;
const HEAD = 9;

/**
 * Serves HTTP/2 frames until the test ends. It sends empty settings at once, acknowledges those of the
 * client, and closes nothing by itself.
 * @returns its port on 127.0.0.1
 */
export async function serveFrames(
  t: TestContext,
  identity: Identity,
  onFrame: (frame: Frame, peer: FramePeer) => void,
): Promise<number> {
  const server = createServer({ ...identity, ALPNProtocols: ['h2'], allowHalfOpen: true });
  server.on('secureConnection', (socket) => {
    // Clients of these tests may disconnect at any time.
    socket.on('error', () => {});
    const frames: Frame[] = [];
    const peer: FramePeer = {
      socket,
      frames,
      send: (...frame) => void socket.write(frameOf(...frame)),
      head: (stream, fields, flags = END_HEADERS) =>
        peer.send(FRAME.headers, flags, stream, Buffer.concat(fields.map(fieldOf))),
    };
    peer.send(FRAME.settings, 0, 0);
    let bytes = Buffer.alloc(0);
    let skip = PREFACE;
    socket.on('data', (piece: Buffer) => {
      bytes = Buffer.concat([bytes, piece]);
      while (bytes.length >= skip + HEAD) {
        const end = skip + HEAD + bytes.readUIntBE(skip, 3);
        if (bytes.length < end) return;
        const frame = {
          type: bytes.readUInt8(skip + 3),
          flags: bytes.readUInt8(skip + 4),
          stream: bytes.readUInt32BE(skip + 5),
          payload: bytes.subarray(skip + HEAD, end),
        };
        bytes = bytes.subarray(end);
        skip = 0;
        frames.push(frame);
        if (frame.type === FRAME.settings && (frame.flags & ACK) === 0) {
          peer.send(FRAME.settings, ACK, 0);
        }
        onFrame(frame, peer);
      }
    });
  });
  return (await listen(t, server)).port;
}

/** A payload of numbers of four bytes each. */
export function numbers(...values: readonly number[]): Buffer {
  const payload = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) payload.writeUInt32BE(value, 4 * index);
  return payload;
}

function frameOf(type: number, flags: number, stream: number, payload?: Buffer): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUIntBE(payload?.length ?? 0, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return payload === undefined ? head : Buffer.concat([head, payload]);
}

/** A field without indexing (RFC 7541 section 6.2.2). Name and value are shorter than 127 bytes. */
function fieldOf([name, value]: readonly [string, string]): Buffer {
  const [n, v] = [Buffer.from(name), Buffer.from(value)];
  return Buffer.concat([Buffer.of(0, n.length), n, Buffer.of(v.length), v]);
}
