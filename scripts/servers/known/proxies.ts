import type { Program } from '../program.ts';

/** Proxies that a client is told of: asked for the file, or for a tunnel when it comes over TLS. */
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
      'privoxy.conf': `listen-address 127.0.0.1:${port}\nconfdir ${scratch}\nkeep-alive-timeout 2\n`,
    }),
    command: ({ scratch }) => ['privoxy', '--no-daemon', `${scratch}/privoxy.conf`],
  },
  {
    name: 'apache',
    packages: ['apache2'],
    isProxy: true,
    files: ({ scratch, port }) => ({
      'apache.conf': `
ServerName 127.0.0.1
ServerRoot ${scratch}
PidFile ${scratch}/apache.pid
ErrorLog ${scratch}/error.log
Mutex file:${scratch}
Listen 127.0.0.1:${port}
KeepAliveTimeout 2
${['mpm_event', 'authz_core', 'proxy', 'proxy_http', 'proxy_connect']
  .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
  .join('\n')}
ProxyRequests On
AllowCONNECT 1-65535
`,
    }),
    command: ({ scratch }) => ['apache2', '-D', 'FOREGROUND', '-f', `${scratch}/apache.conf`],
  },
];
