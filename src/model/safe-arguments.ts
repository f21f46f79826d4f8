import { maskCredentials } from './mask-credentials.ts';
import { ROW_KEYS } from './row-key.ts';
import { withoutUserinfo } from './without-credentials.ts';

/** Options whose values may be secret: any name with one of these words. */
const SECRET =
  /^--?[a-z-]*(header|user|auth|bearer|token|cookie|pass|secret|proxy|key|database)[a-z-]*$/i;

/** Their short forms, as in curl, also after flags (`-Nu`); the value may follow without a space. */
const SHORT_SECRET = /^-[Nqvh]*[HubUx]/;

/** Replaces a value that may be secret. */
export const HIDDEN = '***';

/** The arguments of a run as they may be stored: without secrets, and without the passwords of URLs. */
export function safeArguments(args: readonly string[]): string[] {
  let isSecret = false;
  return args.map((arg, at) => {
    if (isSecret) {
      isSecret = false;
      return HIDDEN;
    }
    const { option, value } = split(arg);
    if (option === undefined) return masked(arg);
    if (isRowKey(option, value ?? args[at + 1])) return arg;
    const [short] = SHORT_SECRET.exec(option) ?? [];
    const hides = short !== undefined || (SECRET.test(option) && !option.endsWith('-file'));
    if (!hides) return value === undefined ? arg : `${option}=${masked(value)}`;
    if (short !== undefined && option.length > short.length) return `${short}${HIDDEN}`;
    if (value !== undefined) return `${option}=${HIDDEN}`;
    isSecret = true;
    return arg;
  });
}

/** Options about what identifies rows are no secret; `--key` has a file, or a word. */
function isRowKey(option: string, value: string | undefined): boolean {
  if (option === '--row-key' || option === '--key-column') return true;
  return option === '--key' && ROW_KEYS.some((word) => word === value);
}

/** An argument may be a URL, a row that is not one, or any other text, which `retry` needs unchanged. */
function masked(arg: string): string {
  return maskCredentials(withoutUserinfo(arg));
}

/** The name and the value of `--name=value`; no option for an argument that is not one. */
function split(arg: string): { option?: string; value?: string } {
  if (!arg.startsWith('-') || arg === '-') return {};
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return at < 0 ? { option: arg } : { option: arg.slice(0, at), value: arg.slice(at + 1) };
}
