import { resolve } from 'node:path';
import { Cluster } from './cluster.js';
import { findPostmaster } from './postmaster.js';

/** The URL of the embedded server running on `dataDir`; null if there is none. */
export function runningServer(dataDir: string): string | null {
  const cluster = new Cluster(resolve(dataDir));
  const postmaster = cluster.exists() ? findPostmaster(cluster.data) : null;
  return postmaster && cluster.url(postmaster.port);
}
