import { temporaryPaths } from '../../../bench/servers/run-nginx.ts';
import { KEPT, MOST_REQUESTS, type Program } from '../program.ts';
import { apache } from './apache.ts';

export const nginx = (isTls: boolean): Program => ({
  name: 'nginx',
  packages: ['nginx'],
  isTls,
  files: ({ site, scratch, port, certificate, key }) => ({
    'nginx.conf': `
user root;
daemon off;
pid ${scratch}/nginx.pid;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_timeout ${KEPT};
  keepalive_requests ${MOST_REQUESTS};
  gzip on;
  ${temporaryPaths(scratch)}
  ssl_certificate ${certificate};
  ssl_certificate_key ${key};
  server {
    listen 127.0.0.1:${port} ${isTls ? 'ssl http2' : ''};
    root ${site};
    types { text/html html; }
  }
}
`,
  }),
  command: ({ scratch }) => [
    ...['nginx', '-e', `${scratch}/error.log`, '-p', scratch, '-c', `${scratch}/nginx.conf`],
  ],
});

const lighttpd = (isTls: boolean): Program => ({
  name: 'lighttpd',
  packages: ['lighttpd', 'lighttpd-mod-deflate', 'lighttpd-mod-openssl'],
  isTls,
  files: ({ site, port, bundle }) => ({
    'lighttpd.conf': `
server.modules = ("mod_openssl", "mod_deflate")
server.document-root = "${site}"
server.bind = "127.0.0.1"
server.port = ${port}
server.max-keep-alive-idle = ${KEPT}
server.max-keep-alive-requests = ${MOST_REQUESTS}
mimetype.assign = (".html" => "text/html", "" => "application/octet-stream")
deflate.mimetypes = ("text/html")
deflate.allowed-encodings = ("gzip")
${isTls ? `ssl.engine = "enable"\nssl.pemfile = "${bundle}"` : ''}
`,
  }),
  command: ({ scratch }) => ['lighttpd', '-D', '-f', `${scratch}/lighttpd.conf`],
});

const caddy = (isTls: boolean): Program => ({
  name: 'caddy',
  packages: ['caddy'],
  isTls,
  files: ({ site, port, certificate, key }) => ({
    Caddyfile: `
{
	admin off
	auto_https off
	servers {
		timeouts {
			idle ${KEPT}s
		}
	}
}
http${isTls ? 's' : ''}://127.0.0.1:${port} {
	${isTls ? `tls ${certificate} ${key}` : ''}
	root * ${site}
	encode gzip
	file_server
}
`,
  }),
  command: ({ scratch }) => [
    'caddy',
    'run',
    '--config',
    `${scratch}/Caddyfile`,
    '--adapter',
    'caddyfile',
  ],
  environment: ({ scratch }) => ({ HOME: scratch }),
});

const h2o = (isTls: boolean): Program => ({
  name: 'h2o',
  packages: ['h2o'],
  isTls,
  files: ({ site, port, certificate, key }) => ({
    'h2o.conf': `
user: root
http1-request-timeout: ${KEPT}
compress: ON
listen:
  host: 127.0.0.1
  port: ${port}
  ${isTls ? `ssl:\n    certificate-file: ${certificate}\n    key-file: ${key}` : ''}
hosts:
  default:
    paths:
      /:
        file.dir: ${site}
`,
  }),
  command: ({ scratch }) => ['h2o', '-c', `${scratch}/h2o.conf`],
});

const nghttpd: Program = {
  name: 'nghttpd',
  packages: ['nghttp2-server'],
  isTls: true,
  command: ({ site, port, certificate, key }) => [
    ...['nghttpd', '--address=127.0.0.1', `--htdocs=${site}`, `${port}`, key, certificate],
  ],
};

/** File servers that need a configuration. */
export const CONFIGURED: readonly Program[] = [
  ...[nginx, apache, lighttpd, caddy, h2o].flatMap((make) => [make(false), make(true)]),
  nghttpd,
];
