import type pg from 'pg';
import type { Fingerprints } from '../erased/fingerprints.js';
import { isObject, type Json, type JsonObject } from '../livekit/json.js';

/** Who is to be erased, in one project: an identity, or whoever had an attribute. */
export interface Selection {
  readonly project: string;
  readonly identity?: string;
  readonly attribute?: { readonly path: string; readonly value: string };
}

export interface Presence {
  readonly sid: string;
  readonly roomSid: string;
  readonly roomName: string;
  readonly identity: string;
}

export class Person {
  readonly presences = new Map<string, Presence>();
  readonly identities = new Set<string>();
  /** Text → what stands in its place. */
  readonly texts = new Map<string, string>();

  constructor(
    readonly project: string,
    private readonly fingerprints: Fingerprints,
  ) {}

  add(presence: Presence): void {
    this.presences.set(presence.sid, presence);
    if (presence.identity !== '') this.addIdentity(presence.identity);
  }

  addIdentity(identity: string): void {
    this.identities.add(identity);
    this.addName(identity);
  }

  /** @param description a message that names the person, such as ParticipantInfo or IngressInfo */
  describe(description: JsonObject): void {
    for (const name of ['identity', 'participantIdentity', 'participant_identity']) this.addName(description[name]);
    for (const name of ['name', 'participantName', 'participant_name']) {
      const value = description[name];
      if (typeof value === 'string' && /\S\s+\S/.test(value)) this.addName(value);
    }
    for (const value of valuesWithin(description)) if (tellsWho(value)) this.addText(value);
  }

  pseudonymOf({ sid, identity }: Presence): string {
    return this.fingerprints.pseudonym(this.project, identity === '' ? sid : identity);
  }

  /** With the telephone numbers in it. */
  private addName(name: Json | undefined): void {
    this.addText(name, Infinity);
    if (typeof name === 'string') for (const [number] of name.matchAll(/\+?\d{7,}/g)) this.addText(number, Infinity);
  }

  private addText(text: Json | undefined, most = MOST_TEXTS): void {
    if (typeof text !== 'string' || text === '' || this.texts.size >= most) return;
    // Rooms whose names differ in the spelling must not become one.
    for (const spelling of spellingsOf(text)) {
      this.texts.set(spelling, this.fingerprints.pseudonym(this.project, spelling));
    }
  }
}

const MOST_TEXTS = 10_000;

/** As it may stand in JSON within JSON, in a URL, or as digits. */
function spellingsOf(text: string): string[] {
  const digits = text.replaceAll(/\D/g, '');
  const isNumber = /^\+?[\d\s().-]{7,}$/.test(text) && digits.length >= 7;
  return [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text), ...(isNumber ? [digits] : [])];
}

function* valuesWithin(description: JsonObject): Generator<string> {
  for (const name of [
    'attributes',
    'metadata',
    'participantMetadata',
    'participant_metadata',
    'participantAttributes',
  ]) {
    yield* stringsOf(parsed(description[name] ?? null));
  }
}

function parsed(value: Json): Json {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value) as Json;
  } catch {
    return value;
  }
}

function* stringsOf(value: Json): Generator<string> {
  if (typeof value === 'string') yield value;
  else if (Array.isArray(value)) for (const item of value) yield* stringsOf(item);
  else if (isObject(value)) for (const item of Object.values(value)) yield* stringsOf(item ?? null);
}

/** A telephone number, an e-mail or a SIP address. */
function tellsWho(value: string): boolean {
  return value.length <= 256 && (/^\+?[\d\s().-]{7,}$/.test(value) || /^\S+@\S+$/.test(value));
}

/** SQL: participants of the project $1 that meet a condition on the alias `p`. */
export function presencesSql(condition: string): string {
  return `select p.sid, p.room_sid as "roomSid", p.room_name as "roomName", p.identity from participant p
    where p.project = $1 and ${condition}`;
}

/** SQL: with the other sessions of the same identities in the same rooms, for those end one another. */
export function familiesSql(condition: string): string {
  return `with chosen as (${presencesSql(condition)})
    select * from chosen union
    select p.sid, p.room_sid, p.room_name, p.identity
    from (select distinct "roomSid", identity from chosen where identity <> '') c
    join participant p on p.project = $1 and p.room_sid = c."roomSid" and p.identity = c.identity`;
}

/** Adds sessions of the person, and what the log says of them. @returns those that are new */
export async function findPresences(
  client: pg.Client,
  person: Person,
  { text, values }: { readonly text: string; readonly values: readonly unknown[] },
): Promise<Presence[]> {
  const { rows } = await client.query<Presence>(text, [person.project, ...values]);
  const fresh = rows.filter(({ sid }) => !person.presences.has(sid));
  for (const presence of fresh) person.add(presence);
  for (let at = 0; at < fresh.length; at += AT_ONCE) {
    const sids = fresh.slice(at, at + AT_ONCE).map(({ sid }) => sid);
    for (const description of await descriptionsOf(client, person.project, sids)) person.describe(description);
  }
  return fresh;
}

const AT_ONCE = 500;

async function descriptionsOf(client: pg.Client, project: string, sids: readonly string[]): Promise<JsonObject[]> {
  const { rows } = await client.query<{ participant: string }>(
    `select distinct (e.payload -> 'participant')::text as participant from webhook_event e
      where e.participant_sid = any($1) and e.project = $2 and e.payload -> 'participant' is not null`,
    [sids, project],
  );
  return rows.map(({ participant }) => JSON.parse(participant) as Json).filter((value) => isObject(value));
}
