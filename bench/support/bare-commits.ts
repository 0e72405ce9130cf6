import pg from 'pg';
import type { BenchCluster } from './cluster.js';

const DURATION_MS = 2000;

/** How long one row takes to be committed, ms, one after the other. */
export async function bareCommits(cluster: BenchCluster): Promise<number[]> {
  const client = new pg.Client(cluster.url());
  await client.connect();
  await client.query('create table if not exists bare (id bigserial primary key, text text not null)');
  const insert = { name: 'bare', text: 'insert into bare (text) values ($1)', values: ['one row'] };
  const times: number[] = [];
  for (const end = performance.now() + DURATION_MS; performance.now() < end;) {
    const began = performance.now();
    await client.query(insert);
    times.push(performance.now() - began);
  }
  await client.end();
  return times;
}
