import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { BenchCluster } from './cluster.js';

/** How long one row takes to be committed, ms, again and again until told to end, with a pause after each. */
export async function bareCommits(cluster: BenchCluster, end: AbortSignal, pauseMs = 0): Promise<number[]> {
  const client = new pg.Client(cluster.url());
  await client.connect();
  await client.query('create table if not exists bare (id bigserial primary key, text text not null)');
  const insert = { name: 'bare', text: 'insert into bare (text) values ($1)', values: ['one row'] };
  const times: number[] = [];
  while (!end.aborted) {
    const began = performance.now();
    await client.query(insert);
    times.push(performance.now() - began);
    if (pauseMs > 0) await pause(pauseMs);
  }
  await client.end();
  return times;
}
