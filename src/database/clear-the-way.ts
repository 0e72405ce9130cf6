import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { findOwner } from './ownership.js';
import { disownDeadPostmaster, findPostmaster, type Postmaster } from './postmaster.js';
import { DatabaseUnavailable } from './unavailable.js';

/** A server that no one holds may be one whose owner is just about to. */
const claimGrace = 1_000;
const pause = 25;

/**
 * Waits until no server runs on the cluster: one that starts or stops is waited for, one that a killed
 * service left behind is stopped.
 * @throws DatabaseUnavailable when another service has it
 */
export async function clearTheWay(cluster: Cluster, deadline: number): Promise<void> {
  let orphanSince = Infinity;
  for (;;) {
    const postmaster = findPostmaster(cluster.data);
    if (postmaster === null) return disownDeadPostmaster(cluster.data);
    const owner = await ask(cluster, postmaster);
    if (owner === null) orphanSince = Math.min(orphanSince, Date.now());
    if (owner === null && Date.now() - orphanSince > claimGrace) process.kill(postmaster.pid, 'SIGINT');
    if (Date.now() > deadline) {
      throw new DatabaseUnavailable(
        `the Postgres server with pid ${postmaster.pid} on ${cluster.home} neither answers nor stops`,
        'Stop it',
      );
    }
    await delay(pause);
  }
}

/** @returns null where it answers and is no one's, undefined where it does not answer */
async function ask(cluster: Cluster, { port }: Postmaster): Promise<null | undefined> {
  const owner = await findOwner(cluster.url(port)).catch(() => undefined);
  if (typeof owner !== 'string') return owner;
  const remedy = 'Stop that service, or set DATA_DIR to another folder, or DATABASE_URL';
  throw new DatabaseUnavailable(`${cluster.home} is in use by the Roomledger service with pid ${owner}`, remedy);
}
