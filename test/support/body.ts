import type { BodyWriter, ResponseHead } from '../../src/model/response.ts';

/** A body writer that never asks for a pause, and keeps all that it receives. */
export class Body implements BodyWriter {
  readonly heads: ResponseHead[] = [];
  readonly chunks: Uint8Array[] = [];

  /** The last one. */
  get head(): ResponseHead | undefined {
    return this.heads.at(-1);
  }

  get text(): string {
    return Buffer.concat(this.chunks).toString();
  }

  begin(head: ResponseHead): void {
    this.heads.push(head);
  }

  write(chunk: Uint8Array): Promise<void> | undefined {
    this.chunks.push(Buffer.from(chunk));
    return undefined;
  }
}
