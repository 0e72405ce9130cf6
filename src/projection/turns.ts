const TURN = 500;

/** Works on each item. Large work lets the event loop run in between, so that other batches and questions go on. */
export async function inTurns<T>(items: Iterable<T>, work: (item: T) => void): Promise<void> {
  let left = TURN;
  for (const item of items) {
    work(item);
    if (--left > 0) continue;
    left = TURN;
    await new Promise(setImmediate);
  }
}
