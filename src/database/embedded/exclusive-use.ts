import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.js';
import { findOwner } from './ownership.js';
import { disownDeadPostmaster, findPostmaster, type Postmaster } from './postmaster.js';
import { CannotStart } from '../../settings/cannot-start.js';

const claimTimeout = 1_000;
const exitTimeout = 10_000;
const pause = 25;

/**
 * Waits until no server runs on the cluster. Stops an orphan, whose service or watchdog was killed.
 * @throws CannotStart if another service uses the cluster
 */
export async function waitForExclusiveUse(cluster: Cluster, self: string, deadline: number): Promise<void> {
  const patience = Date.now() + exitTimeout;
  let orphanSince = Infinity;
  let postmaster: Postmaster | null;
  while ((postmaster = findPostmaster(cluster.data)) !== null || cluster.lock.isHeld()) {
    if (postmaster === null) {
      if (Date.now() > patience)
        throw inUse(cluster, 'a server that this process cannot see, of another container perhaps');
    } else {
      const owner = await findOwner(cluster.url(postmaster.port)).catch(() => undefined);
      if (typeof owner === 'string' && owner !== self)
        throw inUse(cluster, `the Roomledger service with pid ${owner.split(' ')[0]}`);
      if (owner === null) orphanSince = Math.min(orphanSince, Date.now());
      if (owner === self || Date.now() - orphanSince > claimTimeout) stopOrphan(postmaster);
      if (Date.now() > deadline) throw stuck(cluster, postmaster);
    }
    await delay(pause);
  }
  disownDeadPostmaster(cluster.data);
}

function stopOrphan({ pid }: Postmaster): void {
  try {
    process.kill(pid, 'SIGINT');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function inUse(cluster: Cluster, by: string): CannotStart {
  const remedy = 'Stop that service, or set DATA_DIR to another folder, or DATABASE_URL';
  return new CannotStart(`${cluster.home} is in use by ${by}`, remedy);
}

function stuck(cluster: Cluster, { pid }: Postmaster): CannotStart {
  return new CannotStart(`the Postgres server with pid ${pid} on ${cluster.home} neither answers nor stops`, 'Stop it');
}
