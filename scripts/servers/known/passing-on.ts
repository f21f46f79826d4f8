import { KEPT, type Program } from '../program.ts';

const haproxy = (isTls: boolean): Program => ({
  name: 'haproxy',
  packages: ['haproxy'],
  isTls,
  files: ({ port, upstream, bundle }) => ({
    'haproxy.cfg': `
defaults
  mode http
  timeout client 30s
  timeout server 30s
  timeout connect 5s
  timeout http-keep-alive ${KEPT}s
frontend front
  bind 127.0.0.1:${port} ${isTls ? `ssl crt ${bundle} alpn h2,http/1.1` : ''}
  default_backend back
backend back
  server files 127.0.0.1:${upstream}
`,
  }),
  command: ({ scratch }) => ['haproxy', '-db', '-f', `${scratch}/haproxy.cfg`],
});

const nghttpx = (isTls: boolean): Program => ({
  name: 'nghttpx',
  packages: ['nghttp2-proxy'],
  isTls,
  command: ({ port, upstream, certificate, key }) => [
    ...['nghttpx', '--conf=/dev/null', `--frontend=127.0.0.1,${port}${isTls ? '' : ';no-tls'}`],
    `--backend=127.0.0.1,${upstream}`,
    ...(isTls ? [key, certificate] : []),
  ],
});

const varnish: Program = {
  name: 'varnish',
  packages: ['varnish'],
  command: ({ scratch, port, upstream }) => [
    ...['varnishd', '-F', '-n', `${scratch}/varnish`, '-a', `127.0.0.1:${port}`],
    ...['-b', `127.0.0.1:${upstream}`, '-s', 'malloc,64m', '-p', `timeout_idle=${KEPT}`],
  ],
};

/** Servers that get the files from another one: load balancers and caches in front of a site. */
export const PASSING_ON: readonly Program[] = [
  haproxy(false),
  haproxy(true),
  nghttpx(false),
  nghttpx(true),
  varnish,
];
