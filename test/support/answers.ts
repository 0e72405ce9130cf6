import { expect } from 'vitest';
import { lists, type Expected, type ExpectedRow, type List } from './histories.js';
import type { Service } from './service.js';

const session = 'id active durationSeconds startSource endSource endUncertaintySeconds lastSeenAt project roomName';

const fields: Record<List, string> = {
  rooms: `${session} sid name startedAt endedAt endReason restarts metadata metadataJson emptyTimeoutSeconds
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
  const answer = Object.fromEntries(lists.map((list) => [list, []])) as unknown as Expected;
  let wanted = new Map<List, string | null>(lists.map((list) => [list, null]));
  while (wanted.size > 0) {
    const pages = await askPages(service, token, wanted);
    wanted = new Map();
    for (const [list, { nodes, pageInfo }] of pages) {
      answer[list].push(...nodes);
      if (pageInfo.hasNextPage) wanted.set(list, pageInfo.endCursor);
    }
  }
  return answer;
}

interface Page {
  nodes: ExpectedRow[];
  pageInfo: { endCursor: string | null; hasNextPage: boolean };
}

/** One page of each list that is wanted, after its cursor. */
async function askPages(
  service: Service,
  token: string,
  wanted: ReadonlyMap<List, string | null>,
): Promise<[List, Page][]> {
  const pages = Array.from(
    wanted,
    ([list, after]) => `${list}(first: 200, after: ${JSON.stringify(after)}) {
      nodes { ${fields[list]} } pageInfo { endCursor hasNextPage } }`,
  );
  const { data, errors } = await service.query<Record<List, Page>>(`{ ${pages.join(' ')} }`, {}, token);
  expect(errors).toBeUndefined();
  return Object.entries(data) as [List, Page][];
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
