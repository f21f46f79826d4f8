import { KEPT, type Program } from '../program.ts';

/** Servers of files without a configuration. */
export const PLAIN: readonly Program[] = [
  {
    name: 'busybox httpd',
    packages: ['busybox'],
    command: ({ port, site }) => ['busybox', 'httpd', '-f', '-p', `127.0.0.1:${port}`, '-h', site],
  },
  {
    name: 'civetweb',
    packages: ['civetweb'],
    command: ({ port, site }) => [
      ...['civetweb', '-listening_ports', `127.0.0.1:${port}`, '-document_root', site],
      ...['-enable_keep_alive', 'yes', '-keep_alive_timeout_ms', `${KEPT * 1000}`],
    ],
  },
  {
    name: 'mini-httpd',
    packages: ['mini-httpd'],
    command: ({ port, site }) => [
      'mini_httpd',
      '-D',
      '-h',
      '127.0.0.1',
      '-p',
      `${port}`,
      '-d',
      site,
    ],
  },
  {
    name: 'php -S',
    packages: ['php-cli'],
    command: ({ port, site }) => ['php', '-S', `127.0.0.1:${port}`, '-t', site],
  },
  {
    name: 'python http.server',
    packages: ['python3'],
    command: ({ port, site }) => [
      ...['/usr/bin/python3', '-m', 'http.server', `${port}`],
      ...['--bind', '127.0.0.1', '--directory', site, '--protocol', 'HTTP/1.1'],
    ],
  },
  {
    name: 'twisted',
    packages: ['python3-twisted'],
    command: ({ port, site }) => [
      ...['twistd3', '--nodaemon', '--pidfile=', 'web'],
      ...['--listen', `tcp:${port}:interface=127.0.0.1`, '--path', site],
    ],
  },
  {
    name: 'webfs',
    packages: ['webfs'],
    command: ({ port, site }) => ['webfsd', '-F', '-i', '127.0.0.1', '-p', `${port}`, '-r', site],
  },
  {
    name: 'webrick',
    packages: ['ruby-webrick'],
    command: ({ port, site }) => [
      'ruby',
      '-run',
      '-e',
      'httpd',
      '--',
      site,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
    ],
  },
];
