import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { GOOD, MUTE, NAME_SERVER, REFUSING } from './addresses.ts';
import { type Answer, readQuestion, TYPE_A, writeAnswer } from './dns-message.ts';
import { type Host, parseHostName } from './host.ts';

const PORT = 53;
/** Time to live of answers, in s: longer than a run. */
const TTL = 300;
/** Bytes of queries that may wait: a client may send those of hundreds of names at once. */
const RECEIVE_BUFFER = 4 * 1024 ** 2;

export interface NameServer extends AsyncDisposable {
  readonly port: number;
}

export interface NameServerPlace {
  /** @default the address of the web's name server */
  readonly address?: string;
  /** 0 for any free one. @default 53, which is the only port that systems' resolvers use */
  readonly port?: number;
}

/**
 * Answers for the hosts of a web over UDP, each as late as its name says.
 *
 * @throws Error if it cannot listen
 */
export async function startNameServer({
  address: own = NAME_SERVER,
  port: wanted = PORT,
}: NameServerPlace = {}): Promise<NameServer> {
  const socket = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER });
  const timers = new Set<NodeJS.Timeout>();
  socket.on('message', (query, { port, address }) => {
    const question = readQuestion(query);
    if (question === undefined) return;
    const host = parseHostName(question.name);
    if (host?.kind === 'silent') return;
    const answer = writeAnswer(query, question, answerTo(host, question.type), TTL);
    const timer = setTimeout(() => {
      timers.delete(timer);
      socket.send(answer, port, address);
    }, host?.nameDelay ?? 0);
    timers.add(timer);
  });
  socket.bind(wanted, own);
  await once(socket, 'listening');
  return {
    port: socket.address().port,
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer);
      const closed = once(socket, 'close');
      socket.close();
      await closed;
    },
  };
}

/** Hosts have no IPv6 address, as most hosts of the web. */
function answerTo(host: Host | undefined, type: number): Answer {
  if (host === undefined || host.kind === 'unknown') return 'no such name';
  return type === TYPE_A ? { address: addressOf(host) } : 'no address';
}

function addressOf({ kind, number }: Host): string {
  if (kind === 'mute') return MUTE;
  return kind === 'refusing' ? REFUSING : (GOOD[number % GOOD.length] as string);
}
