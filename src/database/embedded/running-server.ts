import { resolve } from 'node:path';
import { Cluster } from './cluster.js';
import { findPostmaster } from './postmaster.js';

/** Where the embedded server answers that a service runs on `dataDir` now; null when none does. */
export function runningServer(dataDir: string): string | null {
  const cluster = new Cluster(resolve(dataDir));
  const postmaster = cluster.exists() ? findPostmaster(cluster.data) : null;
  return postmaster && cluster.url(postmaster.port);
}
