/** Of what a server sent, in characters: the beginning says what it is. */
const LONGEST = 40;

/** The beginning of what a server sent, fit for one line of a message. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text);
}
