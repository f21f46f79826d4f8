import { useEffect, useState } from 'preact/hooks';

/** The user's choice; `auto` follows the system. */
export type Choice = 'auto' | 'light' | 'dark';

const KEY = 'flaghoist-theme';
const DARK = window.matchMedia('(prefers-color-scheme: dark)');

/** Without storage (a file, in some browsers), the choice holds until the page is closed. */
function stored(): Choice {
  try {
    const choice = localStorage.getItem(KEY);
    return choice === 'light' || choice === 'dark' ? choice : 'auto';
  } catch {
    return 'auto';
  }
}

function store(choice: Choice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // As above.
  }
}

function apply(choice: Choice): void {
  if (choice === 'auto') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
}

/** The chosen theme, the visible one, and a function to choose another. */
export function useTheme() {
  const [choice, setChoice] = useState(stored);
  const [systemIsDark, setSystemIsDark] = useState(DARK.matches);
  useEffect(() => {
    const changed = () => setSystemIsDark(DARK.matches);
    DARK.addEventListener('change', changed);
    return () => DARK.removeEventListener('change', changed);
  }, []);
  // Not in an effect: charts that are drawn after this read the new colours.
  apply(choice);
  const seen = choice === 'auto' ? (systemIsDark ? 'dark' : 'light') : choice;
  const choose = (next: Choice) => {
    store(next);
    setChoice(next);
  };
  return { choice, seen, choose } as const;
}
