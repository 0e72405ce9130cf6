import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { LogStretch, SharedStretch } from './log-pages.js';
import { refuseLost, type Workspace } from './workspace.js';

export interface ShareWork {
  readonly place: Pick<Workspace, 'url' | 'name' | 'home' | 'distributed'>;
  readonly stretch: SharedStretch;
}

export interface ShareProgress {
  readonly events: number;
  /** Those of them that belong to another share, as this version reads them: left for later. */
  readonly strays: number;
}

const MOST_SHARES = 4;

export function sharesOfThisMachine(): number {
  return Math.min(availableParallelism(), MOST_SHARES);
}

/** With less room, what a page needs is copied to the old generation first. */
const YOUNG_MB = 96;

export async function projectInShares(
  { url, name, home, distributed, lost }: Workspace,
  { stretch, shares }: { stretch: LogStretch; shares: number },
  report: (events: number) => void,
): Promise<ShareProgress> {
  const sum = { events: 0, strays: 0 };
  const workers = Array.from({ length: shares }, (_, share) => {
    const work: ShareWork = { place: { url, name, home, distributed }, stretch: { ...stretch, share, shares } };
    return new Worker(new URL('./share-worker.js', import.meta.url), {
      workerData: work,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_MB },
    });
  });
  const endAll = (): unknown => Promise.all(workers.map((worker) => worker.terminate()));
  lost.addEventListener('abort', endAll);
  try {
    await Promise.all(
      workers.map((worker) => {
        worker.on('message', ({ events, strays }: ShareProgress) => {
          sum.strays += strays;
          report((sum.events += events));
        });
        return new Promise<void>((resolve, reject) => worker.once('error', reject).once('exit', () => resolve()));
      }),
    );
  } finally {
    lost.removeEventListener('abort', endAll);
    await endAll();
  }
  refuseLost({ lost });
  return sum;
}
