// The project's DELAY server in a process of its own, so that its CPU time is not the benchmark's.
// delay-server.ts starts it and asks for its stats. It ends with that process.
import { startFlagServer } from '../../src/server/flag-server.ts';
import type { DelayMessage } from './delay-server.ts';

const delay = Number(process.argv[2]);
const server = await startFlagServer({
  label: 'DELAY',
  port: 0,
  delay: { min: delay, max: delay },
});
const send = (message: DelayMessage) => process.send?.(message);
process.on('message', () => send({ stats: server.stats }));
process.on('disconnect', () => process.exit());
send({ port: server.port });
