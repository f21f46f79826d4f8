import { createHash } from 'node:crypto';

/**
 * What the page may do: run its own script and no other, and fetch nothing but from where it came.
 * Should something that a server or a list said ever get into the page as HTML, it stays without effect.
 */
export function contentSecurityPolicy(parts: {
  readonly script: string;
  readonly styles: string;
}): string {
  return [
    "default-src 'none'",
    `script-src ${hashOf(parts.script)}`,
    `style-src ${hashOf(parts.styles)}`,
    "img-src data: blob: 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    // Not even the script may make HTML of text, where browsers know of this.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
