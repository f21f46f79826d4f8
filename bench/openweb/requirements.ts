import { access } from 'node:fs/promises';
import { versionOf } from '../measure/version-of.ts';

/** The directory of nginx's modules in Debian. */
export const NGINX_MODULES = '/usr/lib/nginx/modules';

/** @throws Error that lists all that this machine lacks for the open web, in one line */
export async function requireOpenWeb(): Promise<void> {
  const missing = [
    ...(process.getuid?.() === 0 ? [] : ['root']),
    // In a container, root may lack the permission.
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
