/** A fenced block of a document. */
export interface Block {
  readonly language: string;
  readonly text: string;
  /** Where its text begins in the document. */
  readonly offset: number;
}

export function blocksOf(document: string): Block[] {
  return [...document.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map((match) => {
    const [, language = '', text = ''] = match;
    return { language, text, offset: match.index + '```'.length + language.length + 1 };
  });
}

/** A command of a `console` block, and what stands below it. */
export interface Example {
  readonly command: string;
  readonly output: string;
  /** Where its output begins in the document. */
  readonly offset: number;
}

/** The commands of the document's `console` blocks: lines that begin with `$ `, and `> ` to go on. */
export function examplesOf(document: string): Example[] {
  return blocksOf(document)
    .filter(({ language }) => language === 'console')
    .flatMap(({ text, offset }) =>
      [...text.matchAll(/^\$ (.*\n(?:> .*\n)*)((?:(?!\$ ).*\n)*)/gm)].map((match) => {
        const [, command = '', output = ''] = match;
        const start = offset + match.index + '$ '.length + command.length;
        return { command: command.replaceAll('\n> ', '\n').trimEnd(), output, offset: start };
      }),
    );
}
