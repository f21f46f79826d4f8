import { useEffect, useState } from 'preact/hooks';

/** How long it says that it worked, in ms. */
const SAID_FOR = 2_500;

interface Props {
  readonly text: string;
  /** Says what is copied. */
  readonly label: string;
}

export function CopyButton({ text, label }: Props) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | undefined>();
  useEffect(() => {
    if (outcome === undefined) return;
    const timer = setTimeout(() => setOutcome(undefined), SAID_FOR);
    return () => clearTimeout(timer);
  }, [outcome]);
  const copy = () => {
    // An insecure context has no clipboard; the text can be selected by hand.
    const copied = navigator.clipboard?.writeText(text) ?? Promise.reject(new Error('none'));
    copied.then(
      () => setOutcome('copied'),
      () => setOutcome('refused'),
    );
  };
  return (
    <>
      <button type="button" class="primary" onClick={copy}>
        {label}
      </button>
      <output class="copied">
        {outcome === 'copied' && 'Copied.'}
        {outcome === 'refused' && 'The browser does not let it: select and copy by hand.'}
      </output>
    </>
  );
}
