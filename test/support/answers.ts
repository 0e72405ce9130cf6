import { expect } from 'vitest';
import { lists, type Expected, type ExpectedRow } from './histories.js';
import type { Answer, Service } from './service.js';

const session = 'id active durationSeconds startSource endSource endUncertaintySeconds lastSeenAt project roomName';

const fields: Record<(typeof lists)[number], string> = {
  rooms: `${session} sid name startedAt endedAt endReason metadata metadataJson emptyTimeoutSeconds
    departureTimeoutSeconds maxParticipants recording participantCount peakParticipantCount
    participantSessionCount identityCount participantSeconds`,
  participants: `${session} sid identity name kind kindDetails state joinedAt leftAt disconnectReason region
    hidden publisher metadata metadataJson attributes roomSid`,
  tracks: `${session} sid name type source mimeType width height muted encryption stream publishedAt
    unpublishedAt roomSid participantSid`,
  egresses: `${session} egressId type status sourceType roomSid startedAt endedAt updatedAt error errorCode details
    outputs { kind filename location url status startedAt endedAt durationSeconds sizeBytes segmentCount imageCount error }`,
  ingressSessions: `${session} ingressId resourceId name inputType status roomSid participantIdentity startedAt
    endedAt error transcoding`,
  agentJobs: `${session} agentName type status roomSid agentIdentity participantIdentity startedAt endedAt error`,
};

/** Every row of a project's six lists, as the API answers them. */
export async function askAll(service: Service, token: string): Promise<Expected> {
  const answer = {} as Expected;
  for (const list of lists) {
    answer[list] = await askList(service, token, `${list}(first: 200, after: $after)`, fields[list]);
  }
  return answer;
}

interface List {
  nodes: ExpectedRow[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

async function askList(service: Service, token: string, call: string, selected: string): Promise<ExpectedRow[]> {
  const rows: ExpectedRow[] = [];
  const query = `query ($after: String) { list: ${call} { nodes { ${selected} } pageInfo { endCursor hasNextPage } } }`;
  for (let after: string | null = null; ;) {
    const answer: Answer<{ list: List }> = await service.query(query, { after }, token);
    expect(answer.errors).toBeUndefined();
    const { nodes, pageInfo } = answer.data.list;
    rows.push(...nodes);
    if (!pageInfo.hasNextPage) return rows;
    after = pageInfo.endCursor;
  }
}

/** The answers hold these rows, no others, and agree on every field that is expected. */
export function expectRows(answer: Expected, expected: Expected): void {
  for (const list of lists) {
    const wanted = expected[list].map(withoutNulls).sort(byId);
    const found = answer[list].map(withoutNulls).sort(byId);
    expect(
      found.map(({ id }) => id),
      list,
    ).toEqual(wanted.map(({ id }) => id));
    const common = found.map((row, at) => only(row, expected[list].find(({ id }) => id === wanted[at]?.id) ?? row));
    expect(common, list).toEqual(wanted);
  }
}

function byId(a: ExpectedRow, b: ExpectedRow): number {
  return a.id < b.id ? -1 : 1;
}

/** Null and absent are the same. */
function withoutNulls<T>(value: T): T {
  if (Array.isArray(value)) return value.map(withoutNulls) as T;
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutNulls(inner)])) as T;
}

function only(row: ExpectedRow, names: ExpectedRow): ExpectedRow {
  return Object.fromEntries(Object.entries(row).filter(([name]) => name in names)) as ExpectedRow;
}
