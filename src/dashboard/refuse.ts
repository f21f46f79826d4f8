import type { ServerResponse } from 'node:http';
import { HEADERS, NO_PAGE_POLICY } from './headers.ts';

const WORDS = {
  403: 'The address of this page has to be the one that the run printed, with its token.',
  404: 'There is nothing here.',
  405: 'Only GET and HEAD.',
  503: 'There are too many viewers.',
} as const;

/** Refuses a request. */
export function refuse(response: ServerResponse, status: keyof typeof WORDS): void {
  response.writeHead(status, {
    ...HEADERS,
    'content-security-policy': NO_PAGE_POLICY,
    'content-type': 'text/plain; charset=utf-8',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(response.req.method === 'HEAD' ? undefined : `${WORDS[status]}\n`);
}
