// Loopback addresses other than 127.0.0.1 and those that systems' resolvers listen on.

export const NAME_SERVER = '127.0.53.53';
/** No server listens here. */
export const REFUSING = '127.0.53.250';
export const MUTE = '127.0.53.251';

/** Several, as a client has 28,000 ports for each, and a closed connection keeps its port for a minute. */
export const GOOD = Array.from({ length: 20 }, (_, index) => `127.0.54.${index + 1}`);
