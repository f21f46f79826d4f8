/** An environment variable. Deno throws for one that the program may not read: it counts as not set. */
export function environmentVariable(name: string): string | undefined {
  try {
    return process.env[name];
  } catch {
    return undefined;
  }
}
