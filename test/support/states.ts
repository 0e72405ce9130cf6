import { onTestFinished, vi } from 'vitest';
import type { ReplicaState } from '../../src/database/replica.js';
import { type Service, startService } from './service.js';
import type { Cluster } from './standbys.js';

/** A service on the cluster, whose questions its standbys answer, ended after the test. */
export async function startOn({ primary, standbys }: Cluster, readMaxLagMs = 1_000): Promise<Service> {
  const settings = { databaseReadUrls: standbys.map(({ url }) => url), readMaxLagMs };
  const service = await startService({ databaseUrl: primary.url, settings });
  onTestFinished(() => service.stop());
  for (const at of standbys.keys()) await states(service, at, 'ok');
  return service;
}

export async function states({ database }: Service, at: number, state: ReplicaState): Promise<void> {
  const replica = database.replicas.all[at]!;
  await vi.waitUntil(() => replica.state === state, { timeout: 30_000, interval: 5 });
}
