import type { Database } from '../../src/database/database.js';
import type { Prisma } from '../../src/generated/prisma/client.js';
import { sumColumns } from '../../src/meter/delta.js';
import { foldUsage } from '../../src/meter/fold.js';
import { recountSql } from '../../harness/recount-usage.js';

type Given<T> = Partial<T>;

/** The instant at which tests of queries ask. */
export const now = Date.parse('2026-11-24T12:00:00.000Z');

/** A time of the day on which the tests play. */
export function at(time: string): Date {
  return new Date(`2026-11-24T${time}Z`);
}

const session = { project: 'default', startedAt: at('10:00:00'), startSource: 'REPORTED', lastSeenAt: at('10:00:00') };
const seen = { firstSeenAt: at('10:00:00') };
const ofRoom = { roomName: 'daily', roomSid: 'RM_1' };
const unprofiled = { infoClock: '', info: {} };

/** Puts rows straight into the tables, each with only what its test is about. */
export class Rows {
  constructor(readonly database: Database) {}

  rooms(...rows: Given<Prisma.RoomCreateManyInput>[]): Promise<unknown> {
    const standard = {
      ...session,
      ...seen,
      sid: 'RM_1',
      roomName: 'daily',
      participantCount: 0,
      participantSessionCount: 0,
      starts: [],
    };
    return this.database.prisma.room.createMany({ data: rows.map((row) => ({ ...standard, ...row })) });
  }

  participants(...rows: Given<Prisma.ParticipantCreateManyInput>[]): Promise<unknown> {
    const flags = { counted: true, publisher: false, hidden: false, dependent: false, joined: true, hasTrack: false };
    const profile = {
      state: 'ACTIVE',
      kind: 'STANDARD',
      kindDetails: [],
      attributes: {},
      identity: 'ann',
      sid: 'PA_1',
    };
    const standard = { ...session, ...seen, ...ofRoom, ...flags, ...profile };
    return this.database.prisma.participant.createMany({ data: rows.map((row) => ({ ...standard, ...row })) });
  }

  tracks(...rows: Given<Prisma.TrackCreateManyInput>[]): Promise<unknown> {
    const profile = {
      type: 'AUDIO',
      source: 'MICROPHONE',
      muted: false,
      encryption: 'NONE',
      sid: 'TR_1',
      participantSid: 'PA_1',
    };
    const standard = { ...session, ...seen, ...ofRoom, ...unprofiled, ...profile, lastVersion: 0n };
    return this.database.prisma.track.createMany({ data: rows.map((row) => ({ ...standard, ...row })) });
  }

  egresses(...rows: Given<Prisma.EgressCreateManyInput>[]): Promise<unknown> {
    const profile = { status: 'EGRESS_ACTIVE', sourceType: 'EGRESS_SOURCE_TYPE_WEB', outputs: [], toldEndExact: false };
    const standard = { ...session, ...seen, ...ofRoom, ...unprofiled, ...profile, egressId: 'EG_1' };
    return this.database.prisma.egress.createMany({ data: rows.map((row) => ({ ...standard, ...row })) });
  }

  ingressSessions(...rows: Given<Prisma.IngressSessionCreateManyInput>[]): Promise<unknown> {
    const profile = { inputType: 'RTMP_INPUT', status: 'ENDPOINT_PUBLISHING', ingressId: 'IN_1', resourceId: 'RT_1' };
    const standard = { ...session, ...seen, ...ofRoom, ...unprofiled, ...profile };
    return this.database.prisma.ingressSession.createMany({ data: rows.map((row) => ({ ...standard, ...row })) });
  }

  /** Counts their usage, as intake would have: every other quarter-hour is folded into its cells. */
  async countUsage(): Promise<void> {
    const { intake } = this.database;
    // Truncating would wait for an autovacuum.
    for (const table of ['usage_cell', 'usage_delta']) await intake.query(`delete from ${table}`);
    const columns = `project, meter, type, source, at, ${sumColumns.join(', ')}`;
    const insert = (which: number): string => `insert into usage_delta (${columns}) select ${columns}
      from (${recountSql('public')}) cell where span = 900 and at / 900000 % 2 = ${which}`;
    await intake.query(insert(0));
    await foldUsage(intake);
    await intake.query(insert(1));
  }

  agentJobs(...rows: Given<Prisma.AgentJobCreateManyInput>[]): Promise<unknown> {
    const profile = { type: 'JT_ROOM', status: 'JS_RUNNING', waiting: false, jobId: 'AJ_1' };
    const standard = { ...session, ...seen, ...ofRoom, ...unprofiled, ...profile };
    return this.database.prisma.agentJob.createMany({ data: rows.map((row) => ({ ...standard, ...row })) });
  }

  events(...rows: Given<Prisma.WebhookEventCreateManyInput>[]): Promise<unknown> {
    const times = { createdAt: at('10:00:00'), receivedAt: at('10:00:01') };
    const secondsOf = ({ createdAt = times.createdAt }: Given<Prisma.WebhookEventCreateManyInput>): bigint =>
      BigInt(Math.floor(new Date(createdAt).getTime() / 1000));
    const standard = {
      ...times,
      project: 'default',
      id: 'EV_1',
      event: 'room_started',
      deliveries: 1,
      projected: true,
      payload: {},
    };
    return this.database.prisma.webhookEvent.createMany({
      data: rows.map((row) => ({ epoch: 1, createdSeconds: secondsOf(row), ...standard, ...row })),
    });
  }
}
