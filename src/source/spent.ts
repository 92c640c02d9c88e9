import type { MessagePort } from 'node:worker_threads';

/** A closed port: what is sent to it is dropped. */
let nowhere: MessagePort | undefined;

/**
 * Hands chunks on, and frees each when the next one is asked for: whoever takes them is done with one by then.
 *
 * A chunk lives outside V8's heap until V8 collects the few octets that stand for it there: tens of megabytes pile up, and because of
 * them V8 collects far more often than its own heap asks for (docs/performance.md). A transfer takes the octets away at once.
 */
export async function* spent(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    yield chunk;
    free(chunk);
  }
}

/** zlib hands a buffer out piece by piece; what stands at its end is the last one. Small chunks share the pool of all Buffers. */
function free({ buffer, byteOffset, length }: Buffer): void {
  if (byteOffset + length !== buffer.byteLength || buffer.byteLength <= Buffer.poolSize) return;
  if (nowhere === undefined) {
    nowhere = new MessageChannel().port1;
    nowhere.close();
  }
  nowhere.postMessage(null, [buffer as ArrayBuffer]);
}
