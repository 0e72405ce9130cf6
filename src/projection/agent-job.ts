import { Job, JobState, type ParticipantInfo } from '@livekit/protocol';
import type { Prisma } from '../generated/prisma/client.js';
import type { LedgerEvent } from '../livekit/event.js';
import { child, enumName, enumOf, field, int32, integer, text, type Wire } from '../livekit/wire-fields.js';
import { clockOf, timeOf } from '../livekit/time.js';
import { foundFacts } from './finding.js';
import { clockText, secondsPart } from './snapshot-clock.js';
import { derivedEnd, reportedEnd, SECOND, startOf, type End, type SessionInterval } from './session-interval.js';
import { meteredAs } from '../meter/cell-dimensions.js';
import { merger } from './merge-rules.js';
import { intervalColumns, payloadOf, tableOf } from './session-table.js';

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
  /** Greatest state.attempts. */
  attempts: number;
  /** The least state.endedAt of events that say it is over; endSeenAt is their least createdAt. */
  reportedEndAt: number | null;
  endSeenAt: number | null;
  infoClock: string;
  learned: string | null;
  agentName?: string | null;
  type?: string;
  status?: string;
  agentIdentity?: string | null;
  participantIdentity?: string | null;
  error?: string | null;
  info?: string;
}

export interface JobRow extends JobFacts, SessionInterval {
  /** Waiting jobs have an empty interval. */
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
    attempts: 'int',
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
  usage: { ...meteredAs('AGENT_JOB'), empty: { column: 'waiting', value: true } },
});

const mergeFacts = merger<JobFacts>({
  least: ['reportedStartAt', 'firstSeenAt', 'startSeenAt'],
  greatest: ['lastSeenAt', 'attempts'],
  learned: ['learned'],
  constant: ['roomSid', 'roomName'],
  latest: {
    infoClock: payloadOf<JobFacts>(jobTable, 'infoClock'),
  },
});

type Ends = Pick<JobFacts, 'reportedEndAt' | 'endSeenAt'>;
const mergeEnds = merger<Ends>({ least: ['reportedEndAt', 'endSeenAt'] });

export function mergeJob(a: JobFacts, b: JobFacts): JobFacts {
  return { ...mergeFacts(a, b), ...endsOfLatest(a, b) };
}

/** An earlier attempt ended nothing: the job was tried again. */
function endsOfLatest(a: JobFacts, b: JobFacts): Ends {
  const latest = a.attempts > b.attempts ? [a] : a.attempts < b.attempts ? [b] : [a, b];
  return latest.map(({ reportedEndAt, endSeenAt }) => ({ reportedEndAt, endSeenAt })).reduce(mergeEnds);
}

/** Fields that are newer than the library's JobState. */
interface Attempted {
  attempts: number;
  firstStartedAt: bigint;
}

const types = enumOf(Job, 'type');
const statuses = enumOf(JobState, 'status');
const over = new Set(['JS_SUCCESS', 'JS_FAILED', 'JS_CANCELLED']);

export function jobEvidence(event: LedgerEvent): JobFacts | readonly [] {
  if (event.subject !== 'finding') return toldOfJob(event);
  const found = foundFacts(event, 'AGENT_JOB');
  return found ? { ...toldOfJob(event), startSeenAt: null, infoClock: '', ...found } : [];
}

function toldOfJob(event: LedgerEvent): JobFacts {
  const { at, ids, receivedAt } = event;
  const job: Wire<Job> = child(event.message, 'job') ?? {};
  const state: Wire<JobState> = child(job, 'state') ?? {};
  const served: Wire<ParticipantInfo> = child(job, 'participant') ?? {};
  const status = enumName(field(state, 'status'), statuses);
  const isOver = event.name === 'agent_job_ended' || over.has(status);
  const attempted = state as Wire<Attempted>;
  const attempts = Math.max(0, int32(attempted, 'attempts') ?? 0);
  const starts = [integer(attempted, 'firstStartedAt'), integer(state, 'startedAt')];
  const updated = clockOf(integer(state, 'updatedAt'), 'ns', receivedAt);
  return {
    project: event.project,
    jobId: ids.jobId ?? '',
    roomSid: ids.roomSid,
    roomName: ids.roomName,
    reportedStartAt: least(starts.map((start) => timeOf(start, 'ns', receivedAt))),
    firstSeenAt: at,
    startSeenAt: event.name === 'agent_job_pending' ? null : at,
    lastSeenAt: at,
    attempts,
    reportedEndAt: isOver ? timeOf(integer(state, 'endedAt'), 'ns', receivedAt) : null,
    endSeenAt: isOver ? at : null,
    learned: null,
    infoClock: clockText([[attempts, 10], [isOver ? 1 : 0, 1], [updated, 19], secondsPart(at)], event.id),
    agentName: text(job, 'agentName'),
    type: enumName(field(job, 'type'), types),
    status,
    agentIdentity: text(state, 'participantIdentity'),
    participantIdentity: text(served, 'identity'),
    error: text(state, 'error'),
    info: JSON.stringify(job),
  };
}

function least(times: readonly (number | null)[]): number | null {
  const known = times.filter((time) => time !== null);
  return known.length > 0 ? Math.min(...known) : null;
}

export function settleJob(job: JobFacts): JobRow {
  const start = startOf([job.reportedStartAt], { ...job, firstSeenAt: job.startSeenAt ?? job.firstSeenAt });
  const waiting = job.reportedStartAt === null && job.startSeenAt === null;
  return { ...job, ...start, waiting, ...endOf(job, start.startedAt) };
}

function endOf(job: JobFacts, startedAt: number): End {
  if (job.reportedEndAt !== null) return reportedEnd(startedAt, job.reportedEndAt, 0);
  return job.endSeenAt === null ? derivedEnd({ ...job, startedAt }) : reportedEnd(startedAt, job.endSeenAt, SECOND);
}
