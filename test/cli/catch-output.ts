import type { TestContext } from 'node:test';

/**
 * Keeps what is printed from here on, in place of printing it, until the mocks of the test are restored.
 * @returns the texts, which grow
 */
export function catchOutput(t: TestContext): { stdout: string; stderr: string } {
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    const write = process[name].write.bind(process[name]);
    t.mock.method(process[name], 'write', (text: string | Uint8Array, ...rest: never[]) => {
      // The test runner writes bytes to stdout as well.
      if (typeof text !== 'string') return write(text, ...rest);
      texts[name] += text;
      return true;
    });
  }
  return texts;
}
