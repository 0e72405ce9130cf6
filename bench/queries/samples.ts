import pg from 'pg';
import type { Question, Samples } from './questions.js';

const COUNT = 40;

/** Values for every question, drawn evenly from all rows; the same for every peer. */
export async function samplesOf(url: string): Promise<{ readonly [Q in Question]: readonly Samples[Q][] }> {
  const client = new pg.Client(url);
  await client.connect();
  const draw = async <T>(sql: string): Promise<T[]> =>
    (await client.query<{ sample: T }>(sql)).rows.map((row) => row.sample);
  try {
    return {
      'active-rooms': [{}],
      history: await draw(history),
      room: await draw(room),
      'deep-page': await draw(deepPage),
      usage: await draw(usage),
    };
  } finally {
    await client.end();
  }
}

const ends = `select min(started_at) as first, max(started_at) as last from participant where project = 'default'`;

/** Instants in the middle of all: nothing counts ten million rows. */
const somewhere = `select first + (last - first) * (0.3 + 0.4 * n / ${COUNT}) as at
  from (${ends}) as ends, generate_series(1, ${COUNT}) n`;

const deepPage = `select json_build_object('startedAt', started_at, 'sid', sid) as sample from (${somewhere}) somewhere,
  lateral (select started_at, sid from participant where project = 'default' and started_at <= at
    order by started_at desc, sid desc limit 1) one`;

const history = `select json_build_object('identity', identity, 'from', at - interval '1 year', 'to', at) as sample
  from (select max(started_at) as at from participant where project = 'default') newest,
  lateral (select distinct identity from (${somewhere}) somewhere,
    lateral (select identity from participant where project = 'default' and started_at <= somewhere.at and kind = 'STANDARD'
      order by started_at desc, sid desc limit 1) one) identities`;

const room = `select json_build_object('sid', room_sid) as sample from (${somewhere}) somewhere,
  lateral (select room_sid from egress where project = 'default' and started_at <= at and room_sid is not null
    order by started_at desc, egress_id desc limit 1) one`;

const usage = `select json_build_object('from', day - interval '1 month', 'to', day) as sample from (
  select date_trunc('day', max(started_at) at time zone 'UTC') at time zone 'UTC' as day
  from participant where project = 'default') newest`;
