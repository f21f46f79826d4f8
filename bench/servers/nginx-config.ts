import type { Certificate } from './certificate.ts';
import { temporaryPaths } from './run-nginx.ts';

export interface NginxSettings {
  /** The server's directory. Its `files` are served at /files/. */
  readonly root: string;
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificate: Certificate;
  /** Whether nginx is run by root. Its workers then need to be told to run as root, to read the files. */
  readonly isRoot: boolean;
}

/**
 * The configuration of a server that is no bottleneck: one process, no log, files kept open.
 *
 * - `/flags/012-0000345.gif` is the flag 012; the row's number is ignored;
 * - `/files/NAME` is a file;
 * - `/tiny/…` is one byte.
 */
export function nginxConfig(settings: NginxSettings): string {
  const { root, httpPort, httpsPort, certificate, isRoot } = settings;
  return `${isRoot ? 'user root;\n' : ''}daemon off;
worker_processes 1;
pid ${root}/nginx.pid;
error_log ${root}/error.log;
events { worker_connections 4096; }
http {
  access_log off;
  default_type application/octet-stream;
  sendfile on;
  tcp_nopush on;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=1h;
  ${temporaryPaths(root)}
  ssl_certificate ${certificate.certificate};
  ssl_certificate_key ${certificate.key};
  server {
    listen 127.0.0.1:${httpPort} backlog=4096;
    listen 127.0.0.1:${httpsPort} ssl http2 backlog=4096;
    location ~ ^/flags/(\\d+)-\\d+\\.gif$ { alias ${root}/flags/$1.gif; }
    location /files/ { root ${root}; }
    location /tiny/ { return 200 x; }
  }
}
`;
}
