/** Requests that an origin must have, waiting or to come, until HTTP/2 is offered to it. */
export const HTTP2_FROM = 8;
