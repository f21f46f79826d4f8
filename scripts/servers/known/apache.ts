import { KEPT, MOST_REQUESTS, type Place, type Program } from '../program.ts';

interface ApacheOptions extends Pick<Program, 'isTls' | 'isProxy'> {
  /** Modules besides those that every configuration needs. */
  readonly modules: readonly string[];
  /** Directives of its configuration. */
  readonly directives: (place: Place) => string;
}

/** An apache with further modules and directives. */
function apacheWith({ modules, directives, ...what }: ApacheOptions): Program {
  return {
    name: 'apache',
    packages: ['apache2'],
    ...what,
    files: (place) => ({
      'apache.conf': `
ServerName 127.0.0.1
ServerRoot ${place.scratch}
PidFile ${place.scratch}/apache.pid
ErrorLog ${place.scratch}/error.log
Mutex file:${place.scratch}
Listen 127.0.0.1:${place.port}
KeepAliveTimeout ${KEPT}
MaxKeepAliveRequests ${MOST_REQUESTS}
${['mpm_event', 'authz_core', ...modules]
  .map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`)
  .join('\n')}
${directives(place)}
`,
    }),
    command: ({ scratch }) => ['apache2', '-D', 'FOREGROUND', '-f', `${scratch}/apache.conf`],
  };
}

const filesOf = ({ site }: Place) => `
TypesConfig /etc/mime.types
AddOutputFilterByType DEFLATE text/html
DocumentRoot ${site}
<Directory ${site}>
  Require all granted
</Directory>
`;

const tls = ({ certificate, key }: Place) => `
SSLEngine on
SSLCertificateFile ${certificate}
SSLCertificateKeyFile ${key}
Protocols h2 http/1.1
`;

/** An apache that serves the files. */
export function apache(isTls: boolean): Program {
  return apacheWith({
    isTls,
    modules: ['mime', 'dir', 'filter', 'deflate', 'socache_shmcb', 'ssl', 'http2'],
    directives: (place) => filesOf(place) + (isTls ? tls(place) : ''),
  });
}

/** An apache that is a proxy. */
export const apacheProxy: Program = apacheWith({
  isProxy: true,
  modules: ['proxy', 'proxy_http', 'proxy_connect'],
  directives: () => 'ProxyRequests On\nAllowCONNECT 1-65535',
});
