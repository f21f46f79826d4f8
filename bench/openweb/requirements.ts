import { access } from 'node:fs/promises';
import { versionOf } from '../measure/version-of.ts';

/** Where Debian's packages put nginx's modules. */
export const NGINX_MODULES = '/usr/lib/nginx/modules';

/** @throws Error with all that this machine lacks for the open web, in one line */
export async function requireOpenWeb(): Promise<void> {
  const missing = [
    ...(process.getuid?.() === 0 ? [] : ['root']),
    // In a container root may lack the right.
    ...((await versionOf('unshare', ['--mount', 'unshare', '--version'])) === undefined
      ? ['a mount namespace (unshare of util-linux, CAP_SYS_ADMIN)']
      : []),
    ...((await versionOf('openssl', ['version'])) === undefined ? ['openssl'] : []),
    ...((await versionOf('nginx', ['-v'])) === undefined ? ['nginx'] : []),
    ...((await isThere(`${NGINX_MODULES}/ngx_http_lua_module.so`))
      ? []
      : ['Lua in nginx (libnginx-mod-http-lua)']),
  ];
  if (missing.length > 0) throw new Error(`the open web needs ${missing.join(', ')}`);
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
