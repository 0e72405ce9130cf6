import { badInput } from '../http/refusal.js';
import { type Asking, type Connection, takeNodes } from './asking.js';

/** As the Analytics API of LiveKit Cloud: https://docs.livekit.io/deploy/admin/analytics-api/ */
export interface ListedSession {
  readonly sessionId: string;
  readonly roomName: string;
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly lastActive: string;
  /** Webhooks do not tell these. */
  readonly bandwidthIn: null;
  readonly bandwidthOut: null;
  readonly connectionCounts: null;
  readonly egress: 0 | 1 | 2;
  readonly numParticipants: number;
  readonly numActiveParticipants: number;
}

interface Egresses {
  readonly nodes: readonly object[];
}

interface Room {
  readonly sid: string;
  readonly name: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly lastSeenAt: string;
  readonly identityCount: number;
  readonly participantCount: number;
  readonly running: Egresses;
  readonly any: Egresses;
}

const query = (fields: string): string => `query ($startedAt: DateTimeFilter, $first: Int!, $after: String) {
  rooms(filter: {startedAt: $startedAt}, orderBy: {field: STARTED_AT, direction: DESC}, first: $first, after: $after) {
    nodes { sid ${fields} } pageInfo { hasNextPage endCursor } } }`;

const skipped = query('');
const shown = query(`name startedAt endedAt lastSeenAt identityCount participantCount
  running: egresses(filter: {active: true}, first: 1) { nodes { egressId } }
  any: egresses(first: 1) { nodes { egressId } }`);

const DEFAULT_LIMIT = 100;
const MOST_LIMIT = 1_000;
/** Each session before a page is passed over one by one. */
const MOST_SKIPPED = 100_000;
const DAY_MS = 86_400_000;
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

export async function listSessions(
  asking: Asking,
  parameters: Readonly<Record<string, unknown>>,
): Promise<ListedSession[]> {
  const limit = whole(parameters, 'limit', { least: 1, most: MOST_LIMIT }) ?? DEFAULT_LIMIT;
  const page = whole(parameters, 'page', { least: 0, most: Math.floor(MOST_SKIPPED / limit) }) ?? 0;
  const startedAt = { gte: day(parameters, 'start', 0), lt: day(parameters, 'end', DAY_MS) };
  const ask = (text: string) => async (part: object) =>
    (await asking.ask<{ rooms: Connection<Room> }>(text, { startedAt, ...part })).rooms;
  const before = await takeNodes(ask(skipped), page * limit);
  if (!before.more) return [];
  return (await takeNodes(ask(shown), limit, before.after)).nodes.map(sessionOf);
}

function sessionOf(room: Room): ListedSession {
  return {
    sessionId: room.sid,
    roomName: room.name,
    createdAt: room.startedAt,
    endedAt: room.endedAt,
    lastActive: room.lastSeenAt,
    bandwidthIn: null,
    bandwidthOut: null,
    egress: egressOf(room),
    numParticipants: room.identityCount,
    numActiveParticipants: room.participantCount,
    connectionCounts: null,
  };
}

function egressOf({ running, any }: Room): 0 | 1 | 2 {
  if (running.nodes.length > 0) return 1;
  return any.nodes.length > 0 ? 2 : 0;
}

type Parameters = Readonly<Record<string, unknown>>;

function whole(
  parameters: Parameters,
  name: string,
  { least, most }: { least: number; most: number },
): number | undefined {
  const text = parameters[name];
  if (text === undefined) return undefined;
  const value = typeof text === 'string' && /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (value >= least && value <= most) return value;
  const hint = name === 'page' ? '; for what lies further back, give start and end' : '';
  throw badInput(`The parameter ${name} is a whole number from ${least} to ${most}${hint}.`);
}

/** The beginning of a day in UTC, or of the next. */
function day(parameters: Parameters, name: string, more: number): string | null {
  const text = parameters[name];
  if (text === undefined) return null;
  const at = typeof text === 'string' && /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== text) {
    throw badInput(`The parameter ${name} is a date such as 2026-11-24.`);
  }
  return new Date(Math.min(at + more, LAST_MS)).toISOString();
}
