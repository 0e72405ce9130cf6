import { parentPort, workerData } from 'node:worker_threads';
import { readRow } from './log-pages.js';
import { isStray, pagesAhead, projectPage } from './replay-page.js';
import type { ShareProgress, ShareWork } from './shares.js';
import { openShadow } from './workspace.js';

const LANES = 2;

const { place, stretch } = workerData as ShareWork;
const database = openShadow(place);
try {
  // Where the lock is lost, the thread is ended.
  const workspace = { ...place, database, lost: new AbortController().signal };
  for await (const page of pagesAhead(workspace, stretch)) {
    const own = page.map(readRow).filter((one) => !isStray(one));
    await projectPage(workspace, own, LANES);
    const progress: ShareProgress = { events: page.length, strays: page.length - own.length };
    parentPort!.postMessage(progress);
  }
} finally {
  await database.onApplicationShutdown();
}
