import { KEPT, type Program } from '../program.ts';

/** Sends each file in pieces, without Content-Length, as most applications do. */
const ASGI = `
import os, urllib.parse
root = os.environ['SITE']
async def app(scope, receive, send):
    if scope['type'] != 'http': return
    path = root + scope['path']
    if not os.path.isfile(path):
        await send({'type': 'http.response.start', 'status': 404, 'headers': []})
        await send({'type': 'http.response.body', 'body': b'nothing here'})
        return
    await send({'type': 'http.response.start', 'status': 200, 'headers': []})
    with open(path, 'rb') as file:
        while piece := file.read(20000):
            await send({'type': 'http.response.body', 'body': piece, 'more_body': True})
    await send({'type': 'http.response.body', 'body': b''})
`;

const WSGI = `
import os
root = os.environ['SITE']
def app(environ, start_response):
    path = root + environ['PATH_INFO'].encode('latin-1').decode()
    if not os.path.isfile(path):
        start_response('404 Not Found', [])
        return [b'nothing here']
    start_response('200 OK', [])
    return iter(lambda file=open(path, 'rb'): file.read(20000), b'')
`;

const GO = `package main

import (
	"log"
	"net/http"
	"os"
	"time"
)

func main() {
	server := http.Server{
		Addr:        os.Getenv("LISTEN"),
		Handler:     http.FileServer(http.Dir(os.Getenv("SITE"))),
		IdleTimeout: ${KEPT} * time.Second,
	}
	if os.Getenv("KEY") == "" {
		log.Fatal(server.ListenAndServe())
	}
	log.Fatal(server.ListenAndServeTLS(os.Getenv("CERTIFICATE"), os.Getenv("KEY")))
}
`;

const go = (isTls: boolean): Program => ({
  name: 'Go net/http',
  packages: ['golang-go'],
  isTls,
  files: () => ({ 'main.go': GO }),
  // Not `go run`, which does not pass signals on.
  command: () => ['sh', '-c', 'go build -o server main.go && exec ./server'],
  environment: ({ site, scratch, port, certificate, key }) => ({
    ...{ LISTEN: `127.0.0.1:${port}`, SITE: site, HOME: scratch, GOFLAGS: '-mod=mod' },
    ...(isTls ? { CERTIFICATE: certificate, KEY: key } : {}),
  }),
});

const hypercorn = (isTls: boolean): Program => ({
  name: 'hypercorn',
  packages: ['python3-hypercorn'],
  isTls,
  files: () => ({ 'app.py': ASGI }),
  command: ({ port, certificate, key }) => [
    ...['hypercorn', '--bind', `127.0.0.1:${port}`, '--keep-alive', `${KEPT}`],
    ...(isTls ? ['--certfile', certificate, '--keyfile', key] : []),
    'app:app',
  ],
  environment: ({ site }) => ({ SITE: site }),
});

/** Application servers: a program sends the file. */
export const APPLICATIONS: readonly Program[] = [
  go(false),
  go(true),
  {
    name: 'gunicorn',
    packages: ['gunicorn'],
    files: () => ({ 'app.py': WSGI }),
    command: ({ port }) => [
      ...['gunicorn', '--bind', `127.0.0.1:${port}`, '--worker-class', 'gthread'],
      ...['--threads', '32', '--keep-alive', `${KEPT}`, 'app:app'],
    ],
    environment: ({ site }) => ({ SITE: site }),
  },
  hypercorn(false),
  hypercorn(true),
  {
    name: 'uvicorn',
    packages: ['python3-uvicorn'],
    files: () => ({ 'app.py': ASGI }),
    command: ({ port }) => [
      ...['/usr/bin/python3', '-m', 'uvicorn', '--host', '127.0.0.1', '--port', `${port}`],
      ...['--timeout-keep-alive', `${KEPT}`, 'app:app'],
    ],
    environment: ({ site }) => ({ SITE: site }),
  },
  {
    name: 'puma',
    packages: ['puma', 'ruby-rack'],
    files: ({ port }) => ({
      'config.ru': "require 'rack'\nrun Rack::Files.new(ENV['SITE'])\n",
      'puma.rb': `bind 'tcp://127.0.0.1:${port}'\npersistent_timeout ${KEPT}\n`,
    }),
    command: () => ['puma', '--config', 'puma.rb', 'config.ru'],
    environment: ({ site }) => ({ SITE: site }),
  },
  {
    name: 'tomcat',
    packages: ['tomcat10'],
    files: ({ site, port }) => ({
      'server.xml': `<Server port="-1"><Service name="files">
<Connector port="${port}" address="127.0.0.1" keepAliveTimeout="${KEPT * 1000}"/>
<Engine name="files" defaultHost="localhost"><Host name="localhost">
<Context path="" docBase="${site}"/>
</Host></Engine></Service></Server>`,
      'web.xml': `<web-app xmlns="https://jakarta.ee/xml/ns/jakartaee" version="6.0">
<servlet><servlet-name>default</servlet-name>
<servlet-class>org.apache.catalina.servlets.DefaultServlet</servlet-class></servlet>
<servlet-mapping><servlet-name>default</servlet-name><url-pattern>/</url-pattern></servlet-mapping>
</web-app>`,
    }),
    command: () => [
      'sh',
      '-c',
      'mkdir -p conf logs temp && mv *.xml conf && exec /usr/share/tomcat10/bin/catalina.sh run',
    ],
    environment: ({ scratch }) => ({ CATALINA_BASE: scratch }),
  },
];
