import { randomUUID } from 'node:crypto';
import type { Client, Pool } from 'pg';
import { onOwnConnection } from '../database/driver/driver.js';
import { logIsDistributed, unsettledSql } from '../database/distributed-log.js';
import type { Run, Statement } from '../database/transaction.js';
import { readEvent, type LedgerEvent } from '../livekit/event.js';
import { project } from '../projection/project.js';
import { entriesOf, logStatement } from './event-log.js';

/** No key can be configured for this project, and nothing of it is ever committed. */
const PROJECT = '(trial)';

/**
 * Logs and projects an event of every kind on a connection of its own, and rolls it back.
 *
 * @returns what is wrong with the database; null if it takes events
 */
export async function tryDatabase(pool: Pool): Promise<unknown> {
  try {
    const distributed = await logIsDistributed(pool);
    await onOwnConnection(pool, (client) => rehearse(client, distributed));
    return null;
  } catch (error) {
    return error;
  }
}

async function rehearse(client: Client, distributed: boolean): Promise<void> {
  const run: Run = async <R>({ text, values }: Statement) => (await client.query(text, values)).rows as R[];
  const events = trialEvents();
  await client.query('begin');
  // The events are not on every worker.
  if (distributed) await client.query(`set local plan_cache_mode = auto; ${unsettledSql()}`);
  await run(logStatement(entriesOf(events)));
  for (const statement of await project(run, events)) await run(statement);
  await client.query('rollback');
}

function trialEvents(): LedgerEvent[] {
  const now = Date.now();
  const id = randomUUID();
  const room = { sid: `RM_${id}`, name: id };
  const participant = { sid: `PA_${id}`, identity: id, joinedAtMs: String(now) };
  const bodies = [
    { event: 'track_published', room, participant, track: { sid: `TR_${id}` } },
    { event: 'egress_ended', egressInfo: { egressId: `EG_${id}`, roomId: room.sid, status: 'EGRESS_COMPLETE' } },
    { event: 'ingress_ended', ingressInfo: { ingressId: `IN_${id}`, state: { resourceId: `RT_${id}` } } },
    { event: 'agent_job_ended', job: { id: `AJ_${id}`, room } },
  ];
  const createdAt = String(Math.floor(now / 1000));
  return bodies.map((body, at) => readEvent(PROJECT, { ...body, id: `${id}-${at}`, createdAt }, now));
}
