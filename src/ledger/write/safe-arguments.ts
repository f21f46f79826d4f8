import { maskCredentials } from '../../model/mask-credentials.ts';
import { withoutUserinfo } from '../../model/without-credentials.ts';

/** Options whose values may be, or hold, a secret: any that mentions one of these. */
const SECRET = /^--?[a-z-]*(header|user|auth|bearer|token|cookie|pass|secret|proxy|key)[a-z-]*$/i;

/** Their short forms, as curl has them, also behind flags (`-Nu`); the value may follow at once. */
const SHORT_SECRET = /^-[Nqvh]*[HubUx]/;

/** In the place of what may be a secret. */
export const HIDDEN = '***';

/** A run's arguments as they may be kept: what may be a secret is hidden, and URLs lose theirs. */
export function safeArguments(args: readonly string[]): string[] {
  let isSecret = false;
  return args.map((arg) => {
    if (isSecret) {
      isSecret = false;
      return HIDDEN;
    }
    const { option, value } = split(arg);
    if (option === undefined) return masked(arg);
    const [short] = SHORT_SECRET.exec(option) ?? [];
    const hides = short !== undefined || (SECRET.test(option) && !option.endsWith('-file'));
    if (!hides) return value === undefined ? arg : `${option}=${masked(value)}`;
    if (short !== undefined && option.length > short.length) return `${short}${HIDDEN}`;
    if (value !== undefined) return `${option}=${HIDDEN}`;
    isSecret = true;
    return arg;
  });
}

/** An argument may be a URL, a row that is no URL, or anything else, which `retry` needs as it was. */
function masked(arg: string): string {
  return maskCredentials(withoutUserinfo(arg));
}

/** `--name=value` in its two parts; no option for anything that is none. */
function split(arg: string): { option?: string; value?: string } {
  if (!arg.startsWith('-') || arg === '-') return {};
  const at = arg.startsWith('--') ? arg.indexOf('=') : -1;
  return at < 0 ? { option: arg } : { option: arg.slice(0, at), value: arg.slice(at + 1) };
}
