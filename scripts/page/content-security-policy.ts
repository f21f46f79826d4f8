import { createHash } from 'node:crypto';

/**
 * The page's policy. The page may run its own script and no other, and load resources only from its own
 * origin. If text from a server or a list ever became HTML in the page, it would have no effect.
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
    // In browsers that support this, not even the page's script can turn text into HTML.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
    "form-action 'none'",
  ].join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
