import { Job, JobState, type ParticipantInfo } from '@livekit/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import type { LedgerEvent } from '../livekit/event.js';
import { child, enumName, enumOf, field, integer, text, type Wire } from '../livekit/message.js';
import { clockOf, timeOf } from '../livekit/time.js';
import { clockText, secondsPart } from './clock.js';
import { OPEN, reportedEnd, SECOND, startOf, type End, type SessionInterval } from './interval.js';
import { merger } from './merge-rules.js';
import { intervalColumns, payloadOf, tableOf } from './table.js';

/** Times in ms. The optional fields are set only by a snapshot. */
export interface JobFacts {
  project: string;
  jobId: string;
  roomSid: string | null;
  roomName: string | null;
  reportedStartAt: number | null;
  firstSeenAt: number;
  /** The least createdAt of agent_job_started and agent_job_ended. */
  startSeenAt: number | null;
  lastSeenAt: number;
  /** The least state.endedAt of events that say it is over; endSeenAt is their least createdAt. */
  reportedEndAt: number | null;
  endSeenAt: number | null;
  infoClock: string;
  agentName?: string | null;
  type?: string;
  status?: string;
  agentIdentity?: string | null;
  participantIdentity?: string | null;
  error?: string | null;
  info?: string;
}

export interface JobRow extends JobFacts, SessionInterval {
  /** Not started: the interval is empty. */
  waiting: boolean;
}

export const jobTable = tableOf<Prisma.AgentJobScalarFieldEnum>()({
  name: 'agent_job',
  key: ['jobId', 'project'],
  columns: {
    project: 'text',
    jobId: 'text',
    roomSid: 'text',
    roomName: 'text',
    waiting: 'bool',
    ...intervalColumns,
    reportedStartAt: 'time',
    startSeenAt: 'time',
    reportedEndAt: 'time',
    endSeenAt: 'time',
    infoClock: 'text',
  },
  payload: {
    infoClock: {
      agentName: 'text',
      type: 'text',
      status: 'text',
      agentIdentity: 'text',
      participantIdentity: 'text',
      error: 'text',
      info: 'json',
    },
  },
  defaults: { type: '', status: '', info: 'null' },
  usage: { meter: 'AGENT_JOB', by: [], empty: { column: 'waiting', value: true } },
});

export const mergeJob = merger<JobFacts>({
  least: ['reportedStartAt', 'firstSeenAt', 'startSeenAt', 'reportedEndAt', 'endSeenAt'],
  greatest: ['lastSeenAt'],
  constant: ['roomSid', 'roomName'],
  latest: {
    infoClock: payloadOf<JobFacts>(jobTable, 'infoClock'),
  },
});

const types = enumOf(Job, 'type');
const statuses = enumOf(JobState, 'status');
const over = new Set(['JS_SUCCESS', 'JS_FAILED', 'JS_CANCELLED']);

export function jobEvidence(event: LedgerEvent): JobFacts {
  const { at, ids, receivedAt } = event;
  const job: Wire<Job> = child(event.message, 'job') ?? {};
  const state: Wire<JobState> = child(job, 'state') ?? {};
  const served: Wire<ParticipantInfo> = child(job, 'participant') ?? {};
  const status = enumName(field(state, 'status'), statuses);
  const isOver = event.name === 'agent_job_ended' || over.has(status);
  const updated = clockOf(integer(state, 'updatedAt'), 'ns', receivedAt);
  return {
    project: event.project,
    jobId: ids.jobId ?? '',
    roomSid: ids.roomSid,
    roomName: ids.roomName,
    reportedStartAt: timeOf(integer(state, 'startedAt'), 'ns', receivedAt),
    firstSeenAt: at,
    startSeenAt: event.name === 'agent_job_pending' ? null : at,
    lastSeenAt: at,
    reportedEndAt: isOver ? timeOf(integer(state, 'endedAt'), 'ns', receivedAt) : null,
    endSeenAt: isOver ? at : null,
    infoClock: clockText([[isOver ? 1 : 0, 1], [updated, 19], secondsPart(at)], event.id),
    agentName: text(job, 'agentName'),
    type: enumName(field(job, 'type'), types),
    status,
    agentIdentity: text(state, 'participantIdentity'),
    participantIdentity: text(served, 'identity'),
    error: text(state, 'error'),
    info: JSON.stringify(job),
  };
}

export function settleJob(job: JobFacts): JobRow {
  const start = startOf([job.reportedStartAt], job.startSeenAt ?? job.firstSeenAt);
  const waiting = job.reportedStartAt === null && job.startSeenAt === null;
  return { ...job, ...start, waiting, ...endOf(job, start.startedAt) };
}

function endOf(job: JobFacts, startedAt: number): End {
  if (job.reportedEndAt !== null) return reportedEnd(startedAt, job.reportedEndAt, 0);
  return job.endSeenAt === null ? OPEN : reportedEnd(startedAt, job.endSeenAt, SECOND);
}
