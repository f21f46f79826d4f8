import type { ComponentChildren } from 'preact';
import { printable } from '../../src/model/safe-text.ts';
import type { Choice } from './theme.ts';
import { ThemeSwitch } from './theme-switch.tsx';

interface Props {
  /** What kind of page it is. */
  readonly kind: string;
  readonly title: string;
  /** The command line. */
  readonly command?: string | undefined;
  readonly theme: { readonly choice: Choice; choose(choice: Choice): void };
  readonly links: readonly (readonly [id: string, label: string])[];
  readonly children?: ComponentChildren;
}

/** The top of every page. */
export function Masthead({ kind, title, command, theme, links, children }: Props) {
  return (
    <header class="masthead">
      <div class="masthead-line">
        <p class="brand">
          <svg viewBox="0 0 20 20" aria-hidden="true">
            <path d="M4 1v18" />
            <path class="pennant" d="M4 2h12l-3.5 3L16 8H4z" />
            <path class="flag" d="M4 10.5h9v5.5H4z" />
          </svg>
          flaghoist <span>{kind}</span>
        </p>
        <ThemeSwitch {...theme} />
      </div>
      <h1>{printable(title)}</h1>
      {command !== undefined && command !== '' && (
        <p class="command">
          <span aria-hidden="true">$ </span>
          <code>{printable(command)}</code>
        </p>
      )}
      {children}
      <nav aria-label="Parts of this page">
        {links.map(([id, label]) => (
          <a key={id} href={`#${id}`}>
            {label}
          </a>
        ))}
      </nav>
    </header>
  );
}
