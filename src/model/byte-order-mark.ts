/** A text file without the mark that some editors put before it (U+FEFF). */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}
