import type { Certificate } from '../servers/certificate.ts';
import { temporaryPaths } from '../servers/run-nginx.ts';

export interface LateNginxSettings {
  /** The directory of the server. */
  readonly root: string;
  /** The directory of the flags. */
  readonly flags: string;
  /** The directory of nginx's dynamic modules. */
  readonly modules: string;
  readonly addresses: readonly string[];
  readonly httpPort: number;
  readonly httpsPort: number;
  readonly certificate: Certificate;
}

/**
 * The configuration of a server that answers for all hosts: `/130/000012-br.gif` is the flag of Brazil,
 * 130 ms late.
 *
 * It resumes no TLS session: the hosts of a real list are different servers, so a client that keeps sessions by
 * address must not gain from it here.
 */
export function lateNginxConfig(settings: LateNginxSettings): string {
  const { root, flags, modules, addresses, httpPort, httpsPort, certificate } = settings;
  const listen = addresses
    .flatMap((address) => [
      `    listen ${address}:${httpPort} backlog=8192;\n`,
      `    listen ${address}:${httpsPort} ssl http2 backlog=8192;\n`,
    ])
    .join('');
  return `user root;
daemon off;
load_module ${modules}/ndk_http_module.so;
load_module ${modules}/ngx_http_lua_module.so;
worker_processes 1;
pid ${root}/nginx.pid;
error_log ${root}/error.log crit;
events { worker_connections 18000; }
http {
  access_log off;
  types { image/gif gif; }
  sendfile on;
  keepalive_requests 1000000000;
  open_file_cache max=1000 inactive=1h;
  open_file_cache_errors on;
  lua_load_resty_core off;
  ${temporaryPaths(root)}
  ssl_certificate ${certificate.certificate};
  ssl_certificate_key ${certificate.key};
  ssl_session_cache off;
  ssl_session_tickets off;
  server {
${listen}    location ~ ^/(?<late>\\d+)/\\d+-(?<flag>..)\\.gif$ {
      alias ${flags}/$flag.gif;
      access_by_lua_block { ngx.sleep(ngx.var.late / 1000) }
    }
  }
}
`;
}
