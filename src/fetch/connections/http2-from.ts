/**
 * Requests that an origin must have, waiting or to come, until HTTP/2 is offered to it. A TLS connection
 * takes 1.3 ms of CPU, loading `node:http2` 10 ms and 5 MB once. With 200 origins at once 2 rows of each take
 * 3.2 ms over HTTP/2 and 3.5 over HTTP/1.1, 4 take 3.0 and 8.1 (`bench/http2-pays.ts`).
 */
export const HTTP2_FROM = 4;

/**
 * With so many requests for each connection that there may be, HTTP/1.1 is offered alone: a request takes some
 * 110 µs less of CPU there than in `node:http2`, which is a connection's 1.3 ms after 12 of them.
 */
export const HTTP2_TO_PER_CONNECTION = 16;
