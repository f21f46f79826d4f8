import { KEPT, type Program } from '../program.ts';
import { apacheProxy } from './apache.ts';

/** Proxies that a client is configured to use: for plain requests, and for tunnels with TLS. */
export const PROXIES: readonly Program[] = [
  {
    name: 'squid',
    packages: ['squid'],
    isProxy: true,
    files: ({ scratch, port }) => ({
      'squid.conf': `
http_port 127.0.0.1:${port}
pid_filename ${scratch}/squid.pid
cache_log ${scratch}/cache.log
access_log none
cache_mem 8 MB
coredump_dir ${scratch}
http_access allow localhost
cache deny all
`,
    }),
    command: ({ scratch }) => ['squid', '--foreground', '-f', `${scratch}/squid.conf`],
  },
  {
    name: 'tinyproxy',
    packages: ['tinyproxy'],
    isProxy: true,
    files: ({ port }) => ({
      'tinyproxy.conf': `Port ${port}\nListen 127.0.0.1\nTimeout 60\nMaxClients 200\nAllow 127.0.0.1\n`,
    }),
    command: ({ scratch }) => ['tinyproxy', '-d', '-c', `${scratch}/tinyproxy.conf`],
  },
  {
    name: 'privoxy',
    packages: ['privoxy'],
    isProxy: true,
    files: ({ scratch, port }) => ({
      'privoxy.conf': `listen-address 127.0.0.1:${port}\nconfdir ${scratch}\nkeep-alive-timeout ${KEPT}\n`,
    }),
    command: ({ scratch }) => ['privoxy', '--no-daemon', `${scratch}/privoxy.conf`],
  },
  apacheProxy,
];
