import type pg from 'pg';
import { Eraser, SHORTEST_WITHIN, type ErasedTexts } from '../erased/eraser.js';
import type { Person, Presence } from './person.js';

/** What shares a lock, and is rewritten in one transaction. */
export interface Group {
  /** Empty for what names no room. */
  readonly roomName: string;
  /** Equal unless the name holds a text of the person. */
  readonly newName: string;
  readonly roomSids: Set<string>;
  readonly participants: Map<string, string>;
  readonly egressIds: Set<string>;
  readonly ingress: Map<string, string>;
  readonly jobIds: Set<string>;
}

interface Sought {
  readonly person: Person;
  readonly texts: ErasedTexts;
  /** In ms: what began later is not the person's. */
  readonly before: number;
}

/** Whatever may hold a text of the person, by room name: these sessions, and what still has one. */
export async function groupsOf(client: pg.Client, sought: Sought, presences: readonly Presence[]): Promise<Group[]> {
  const { person, texts } = sought;
  const groups = new Groups(new Eraser(new Map(), texts));
  for (const presence of presences) {
    const group = groups.of(presence.roomName);
    group.participants.set(presence.sid, person.pseudonymOf(presence));
    group.roomSids.add(presence.roomSid);
  }
  await addRooms(client, sought, groups);
  await addOthers(client, sought, groups);
  return groups.all();
}

class Groups {
  private readonly groups = new Map<string, Group>();

  constructor(private readonly eraser: Eraser) {}

  of(roomName: string): Group {
    let group = this.groups.get(roomName);
    if (group === undefined) {
      group = {
        roomName,
        newName: this.newName(roomName),
        roomSids: new Set(),
        participants: new Map(),
        egressIds: new Set(),
        ingress: new Map(),
        jobIds: new Set(),
      };
      this.groups.set(roomName, group);
    }
    return group;
  }

  newName(roomName: string): string {
    const named = { roomName };
    this.eraser.erase(named);
    return named.roomName;
  }

  all(): Group[] {
    return [...this.groups.values()];
  }
}

/** Rooms whose name holds a text, and all rooms of such a name: they end one another. */
async function addRooms(client: pg.Client, { person, before }: Sought, groups: Groups): Promise<void> {
  const { rows } = await client.query<{ sid: string; roomName: string }>(
    `select sid, room_name as "roomName" from room
      where project = $1 and (room_name = any($2) or ${holds('room_name', 3)}) and ${began('started_at', 4)}`,
    [person.project, groups.all().map(({ roomName }) => roomName), withinTexts(person), before],
  );
  for (const { sid, roomName } of rows) {
    if (groups.newName(roomName) !== roomName) groups.of(roomName).roomSids.add(sid);
  }
}

/** Egress, ingress sessions and agent jobs of these rooms, or that name the person. */
async function addOthers(client: pg.Client, { person, before }: Sought, groups: Groups): Promise<void> {
  const all = groups.all();
  const roomSids = all.flatMap((group) => [...group.roomSids]);
  const renamed = all.filter(({ roomName, newName }) => roomName !== newName).map(({ roomName }) => roomName);
  const find = async <T>(
    table: string,
    columns: string,
    identities = 'false',
  ): Promise<(T & { roomName: string })[]> => {
    const { rows } = await client.query<T & { roomName: string }>(
      `select coalesce(t.room_name, '') as "roomName", ${columns} from ${table} t where t.project = $1
        and (t.room_sid = any($2) or t.room_name = any($3) or ${holds("concat(t.room_name, ' ', t.info::text)", 4)} or ${identities})
        and $5::text[] is not null and ${began('t.started_at', 6)}`,
      [person.project, roomSids, renamed, withinTexts(person), [...person.identities], before],
    );
    return rows;
  };
  for (const { roomName, id } of await find<{ id: string }>('egress', 't.egress_id as id')) {
    groups.of(roomName).egressIds.add(id);
  }
  const ingress = await find<{ id: string; ingressId: string }>(
    'ingress_session',
    't.resource_id as id, t.ingress_id as "ingressId"',
    't.participant_identity = any($5)',
  );
  for (const { roomName, id, ingressId } of ingress) groups.of(roomName).ingress.set(id, ingressId);
  const jobs = await find<{ id: string }>(
    'agent_job',
    't.job_id as id',
    '(t.participant_identity = any($5) or t.agent_identity = any($5))',
  );
  for (const { roomName, id } of jobs) groups.of(roomName).jobIds.add(id);
}

/** What rows hold in which the eraser may find something: a short text stands alone. */
export function withinTexts({ texts }: Person): string[] {
  return Array.from(texts.keys(), (text) => (text.length >= SHORTEST_WITHIN ? text : JSON.stringify(text)));
}

/** SQL: narrows what the eraser must look at. */
export function holds(sql: string, parameter: number): string {
  return `exists (select from unnest($${parameter}::text[]) as held(text) where position(held.text in ${sql}) > 0)`;
}

function began(column: string, parameter: number): string {
  return `${column} < to_timestamp($${parameter}::float8 / 1000)`;
}
