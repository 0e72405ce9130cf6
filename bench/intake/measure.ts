import type { BenchCluster } from '../support/cluster.js';
import { cpuOf } from '../support/cpu.js';
import { percentile } from '../support/figures.js';
import { post } from '../support/load.js';
import type { Prepared } from '../support/requests.js';
import type { Server } from '../support/server.js';

export interface Measured {
  /** Events a second. */
  rate: number;
  /** Processor time per event, µs. */
  nodeUs: number;
  postgresUs: number;
  /** From request to answer, ms. */
  p50: number;
  p99: number;
}

interface Work {
  readonly requests: readonly Prepared[];
  readonly connections: number;
}

/** Posts all as fast as they are answered; counts from the first tenth of answers to the last. */
export async function measure(server: Server, cluster: BenchCluster, work: Work): Promise<Measured> {
  const look = (): number[] => [performance.now(), cpuOf(server.pid), cpuOf(cluster.pid, true)];
  const tenth = Math.floor(work.requests.length / 10);
  const marks: number[][] = [];
  const latencies = await post(work.requests, {
    port: server.port,
    connections: work.connections,
    onAnswer: (count) => {
      if (count === tenth || count === work.requests.length - tenth) marks.push(look());
    },
  });
  const [from = [], to = []] = marks;
  const [ms = 0, node = 0, postgres = 0] = to.map((value, at) => value - (from[at] ?? 0));
  const counted = work.requests.length - 2 * tenth;
  return {
    rate: (counted * 1000) / ms,
    nodeUs: node / counted,
    postgresUs: postgres / counted,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  };
}
