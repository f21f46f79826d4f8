/** What goes between a server's thread and the thread that started it. */
import type { FlagServerInfo } from './flag-server.ts';
import type { PortRefusal, ServerName } from './port-unavailable-error.ts';
import type { FlagServerStats } from './request-stats.ts';

export type ToServerThread = { readonly type: 'stats' } | { readonly type: 'close' };

export type FromServerThread =
  | { readonly type: 'ready'; readonly info: FlagServerInfo }
  | {
      // An Error would arrive without its class: only its parts can be sent.
      readonly type: 'port-unavailable';
      readonly label: ServerName;
      readonly port: number;
      readonly code: PortRefusal;
    }
  | { readonly type: 'stats'; readonly stats: FlagServerStats };
