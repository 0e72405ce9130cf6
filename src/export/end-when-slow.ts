import type { ServerResponse } from 'node:http';

const LOOKS = 20;

/** Ends a response whose client takes fewer bytes a second than `rate` while bytes wait for it. */
export function endWhenSlow(response: ServerResponse, { everyMs, rate }: { everyMs: number; rate: number }): void {
  let [looks, waiting, before] = [0, 0, taken(response)];
  const timer = setInterval(() => {
    if (response.writableNeedDrain) waiting += everyMs / LOOKS / 1_000;
    if (++looks % LOOKS !== 0) return;
    const now = taken(response);
    if (now - before < waiting * rate) response.destroy();
    [waiting, before] = [0, now];
  }, everyMs / LOOKS);
  timer.unref();
  response.once('close', () => clearInterval(timer));
}

function taken({ socket }: ServerResponse): number {
  return socket === null ? 0 : socket.bytesWritten - socket.writableLength;
}
