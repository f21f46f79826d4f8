import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

/** The parts of markdown-it and its tokens that are used here. */
interface Token {
  type: string;
  tag: string;
  attrs: [string, string][] | null;
  readonly children: Token[] | null;
  attrGet(name: string): string | null;
  attrSet(name: string, value: string): void;
}
interface MarkdownIt {
  readonly core: {
    readonly ruler: { push(name: string, rule: (state: State) => void): void };
  };
}
interface State {
  readonly tokens: readonly Token[];
  readonly env: { readonly path: string; readonly realPath?: string };
}

/** The site's path of a page of the checkout: `docs/faq.md` is `faq.md`. */
export function pageOf(path: string): string {
  return path.replace(/^docs\//, '').replace(/^README\.md$/, 'index.md');
}

/**
 * A markdown-it plugin. Links in the pages are those of the checkout, so that they lead somewhere in an
 * editor as well. On the site, a link to a page becomes that page's address, and one to any other file
 * of the checkout becomes plain text.
 * @throws Error for a link to a file that is not there
 */
export function siteLinks(md: MarkdownIt, checkout: string): void {
  md.core.ruler.push('site-links', ({ tokens, env }) => {
    const from = dirname(env.realPath ?? env.path);
    for (const { children } of tokens) {
      if (children !== null) adaptLinks(children, from, checkout);
    }
  });
}

function adaptLinks(tokens: readonly Token[], from: string, checkout: string): void {
  let isPlain = false;
  for (const token of tokens) {
    // Vue is not to look for expressions in `{{`.
    if (token.type === 'code_inline') token.attrSet('v-pre', '');
    if (token.type === 'link_close' && isPlain) toPlain(token);
    if (token.type !== 'link_open') continue;
    const href = token.attrGet('href') ?? '';
    isPlain = false;
    if (/^(?:[a-z]+:|#)/i.test(href)) continue;
    const [file = '', fragment] = href.split('#');
    const path = relative(checkout, join(from, decodeURIComponent(file)));
    if (!existsSync(join(checkout, path))) throw new Error(`${from}: ${href} leads nowhere`);
    isPlain = !path.endsWith('.md');
    if (isPlain) toPlain(token);
    else token.attrSet('href', `/${pageOf(path)}${fragment === undefined ? '' : `#${fragment}`}`);
  }
}

/** Its type is changed too, since VitePress renders links by a rule of its own. */
function toPlain(token: Token): void {
  token.type = token.type.replace('link', 'span');
  token.tag = 'span';
  token.attrs = null;
}
