import { type Asking, type Connection, takeNodes } from './asking.js';

interface Participant {
  readonly sid: string;
  readonly identity: string;
  readonly name: string | null;
  readonly state: string;
  readonly joinedAt: string;
  readonly leftAt: string | null;
  readonly region: string | null;
  readonly durationSeconds: number;
  readonly tracks: { readonly nodes: readonly { readonly source: string }[] };
}

interface Room {
  readonly sid: string;
  readonly name: string;
  readonly startedAt: string;
  readonly endedAt: string | null;
  readonly identityCount: number;
}

const roomQuery = 'query ($sid: ID!) { room(sid: $sid) { sid name startedAt endedAt identityCount } }';
const peopleQuery = `query ($sid: ID!, $first: Int!, $after: String) {
  room(sid: $sid) { participants(orderBy: {field: JOINED_AT, direction: ASC}, first: $first, after: $after) {
    nodes { sid identity name state joinedAt leftAt region durationSeconds tracks(first: 200) { nodes { source } } }
    pageInfo { hasNextPage endCursor } } } }`;

/** What webhooks do not tell is null. */
const untold = {
  location: null,
  connectionType: null,
  connectionTimeMs: null,
  deviceModel: null,
  os: null,
  browser: null,
  sdkVersion: null,
} as const;

/** As the Analytics API of LiveKit Cloud. Null: there is none. */
export async function sessionDetails(asking: Asking, sid: string): Promise<object | null> {
  const { room } = await asking.ask<{ room: Room | null }>(roomQuery, { sid });
  if (room === null) return null;
  const ask = async (page: object) =>
    (await asking.ask<{ room: { participants: Connection<Participant> } }>(peopleQuery, { sid, ...page })).room
      .participants;
  const connected = (await takeNodes(ask, Infinity)).nodes.filter(({ state }) => state !== 'ABORTED');
  return {
    roomId: room.sid,
    roomName: room.name,
    status: room.endedAt === null ? 1 : 0,
    bandwidth: null,
    startTime: room.startedAt,
    endTime: room.endedAt,
    numParticipants: room.identityCount,
    connectionMinutes: connected.reduce((sum, { durationSeconds }) => sum + Math.ceil(durationSeconds / 60), 0),
    participants: [...byIdentity(connected).values()].map((sessions) => participantOf(room.sid, sessions)),
  };
}

function byIdentity(connected: readonly Participant[]): Map<string, Participant[]> {
  const people = new Map<string, Participant[]>();
  for (const one of connected) people.set(one.identity, [...(people.get(one.identity) ?? []), one]);
  return people;
}

function participantOf(roomId: string, sessions: readonly Participant[]): object {
  const last = sessions.at(-1)!;
  const left = sessions.map(({ leftAt }) => leftAt);
  const sources = new Set(sessions.flatMap(({ tracks }) => tracks.nodes.map(({ source }) => source)));
  return {
    participantIdentity: last.identity,
    participantName: last.name,
    roomId,
    isActive: left.includes(null),
    joinedAt: sessions[0]!.joinedAt,
    leftAt: left.includes(null) ? null : left.toSorted().at(-1)!,
    region: last.region,
    ...untold,
    publishedSources: {
      cameraTrack: sources.has('CAMERA'),
      microphoneTrack: sources.has('MICROPHONE'),
      screenShareTrack: sources.has('SCREEN_SHARE'),
      screenShareAudio: sources.has('SCREEN_SHARE_AUDIO'),
    },
    sessions: sessions.map(({ sid, joinedAt, leftAt }) => ({ sessionId: sid, joinedAt, leftAt })),
  };
}
