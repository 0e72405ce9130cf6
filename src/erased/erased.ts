import { isDeepStrictEqual } from 'node:util';
import type { Pool } from 'pg';
import { Outdated, Unusable } from '../database/failure.js';
import { millisecondsOf } from '../database/milliseconds.js';
import type { Run, Statement } from '../database/transaction.js';
import { UnnestedRows } from '../database/unnested-rows.js';
import { readEvent, type LedgerEvent } from '../livekit/event.js';
import type { JsonObject } from '../livekit/json.js';
import { timeOf } from '../livekit/time.js';
import { child, integer, text } from '../livekit/wire-fields.js';
import { readFinding } from '../projection/finding.js';
import { Eraser, SHORTEST_WITHIN, wordsOf, type ErasedTexts } from './eraser.js';
import { Fingerprints } from './fingerprints.js';

/** What an event must name to be rewritten by an erasure. */
export interface ErasedKey {
  readonly project: string;
  /** A LiveKit id, or a fingerprint. */
  readonly key: string;
  readonly erasure: number;
  readonly pseudonym: string | null;
  /** In ms; null for an id, which is erased for ever. */
  readonly beganBefore: number | null;
}

/** Events without what was erased, as of one version of the erasures. */
export interface Rewritten {
  readonly events: readonly LedgerEvent[];
  readonly originals: readonly LedgerEvent[];
  readonly version: number;
  readonly matches: readonly (readonly Match[])[];
  /** Sessions that began before an erasure, and whose ids it did not know. */
  readonly found: readonly ErasedKey[];
}

const KEPT_ERASURES = 200;

/** Knows which events hold texts of erased people. Until somebody was erased, it only looks whether that is so. */
export class Erased {
  readonly fingerprints: Fingerprints | null;
  private version = 0;
  /** Of all texts that are looked for in rooms' names. */
  private lengths: readonly number[] = [];
  private readonly texts = new Map<number, ErasedTexts>();

  constructor(
    private readonly pool: Pool,
    key: string | null,
  ) {
    this.fingerprints = key === null ? null : new Fingerprints(key);
  }

  /** @throws Error where erasures exist whose key this service lacks */
  async rewrite(originals: readonly LedgerEvent[]): Promise<Rewritten> {
    const rewritten = await this.rewriteLogged(originals);
    for (const [at, matching] of rewritten.matches.entries()) await this.requireErased(originals[at]!, matching);
    return rewritten;
  }

  /** Of events whose rows are rewritten by themselves. */
  async rewriteLogged(originals: readonly LedgerEvent[]): Promise<Rewritten> {
    const { version } = this;
    if (version === 0) return { events: originals, originals, version, matches: [], found: [] };
    const matches = await this.matchesOf(originals, (statement) => this.ask(statement));
    const events: LedgerEvent[] = [];
    for (const [at, event] of originals.entries()) {
      events.push(matches[at]!.length === 0 ? event : await this.without(event, matches[at]!));
    }
    const found = originals.flatMap((event, at) => unknownIds(event, matches[at]!));
    return { events, originals, version, matches, found };
  }

  /** In the transaction that holds the events' locks. @throws Outdated if an erasure of theirs came meanwhile */
  async check(run: Run, { originals, version, matches }: Rewritten): Promise<void> {
    const [now] = await run<{ version: number }>(versionNow);
    if (now!.version === version) return;
    this.know(now!.version);
    const newest = await this.matchesOf(originals, run);
    if (isDeepStrictEqual(matches.flat(), newest.flat())) return;
    throw new Outdated('an erasure came between reading the event and writing it');
  }

  async refresh(): Promise<void> {
    this.know((await this.pool.query<{ version: number }>(versionNow)).rows[0]!.version);
  }

  private know(version: number): void {
    this.version = version;
    this.lengths = [];
    this.texts.clear();
  }

  private async ask<R>(statement: Statement): Promise<R[]> {
    return (await this.pool.query<R & object>(statement)).rows as R[];
  }

  private async matchesOf(events: readonly LedgerEvent[], run: Run): Promise<Match[][]> {
    if (this.fingerprints === null) throw new KeyMissing();
    if (this.lengths.length === 0) {
      const rows = await run<{ length: number }>(allLengths);
      this.lengths = rows.map(({ length }) => length);
    }
    const named = events.map((event) => this.keysOf(event));
    const keys = await lookUp(run, named.flat());
    return named.map((some) => some.flatMap((one) => matchesOf(one, keys.get(nameOf(one)) ?? [])));
  }

  private async textsOf(erasure: number): Promise<ErasedTexts> {
    const known = this.texts.get(erasure);
    if (known) return known;
    const { rows } = await this.pool.query<{ fingerprint: string; length: number; pseudonym: string; project: string }>(
      `select t.fingerprint, t.length, t.pseudonym, e.project from erasure e join erased_text t on t.erasure = e.id where e.id = $1`,
      [erasure],
    );
    const pseudonyms = new Map(rows.map(({ fingerprint, pseudonym }) => [fingerprint, pseudonym]));
    const [lengths, project] = [new Set(rows.map(({ length }) => length)), rows[0]?.project ?? ''];
    const texts: ErasedTexts = {
      lengths: [...lengths],
      pseudonymOf: (text) =>
        lengths.has(text.length) ? (pseudonyms.get(this.fingerprints!.of(project, text)) ?? null) : null,
    };
    if (this.texts.size >= KEPT_ERASURES) this.texts.clear();
    this.texts.set(erasure, texts);
    return texts;
  }

  private keysOf({ project, ids, at, receivedAt, message }: LedgerEvent): NamedKey[] {
    const { participantSid, roomSid, egressId, resourceId, jobId, participantIdentity, roomName } = ids;
    const served = child(child(message, 'job') ?? {}, 'participant');
    const named = [participantSid, served && text(served, 'sid'), roomSid, egressId, resourceId, jobId]
      .filter((id) => id !== null)
      .map((key): NamedKey => ({ project, key, began: null, is: 'id' }));
    const joined = timeOf(integer(child(message, 'participant') ?? {}, 'joinedAt'), 's', receivedAt) ?? at;
    const created = timeOf(integer(child(message, 'room') ?? {}, 'creationTime'), 's', receivedAt) ?? at;
    const prints = this.fingerprints!;
    const add = (key: string, is: NamedKey['is'], began: number): void => void named.push({ project, key, began, is });
    if (participantIdentity !== null) {
      if (roomSid !== null) add(prints.ofIdentityIn(project, roomSid, participantIdentity), 'identity in room', joined);
      add(prints.of(project, participantIdentity), 'identity', joined);
    }
    if (roomName === null) return named;
    add(prints.ofName(project, roomName), 'name', created);
    for (const { word } of wordsOf(roomName, this.lengths)) add(prints.of(project, word), 'in a name', created);
    return named;
  }

  /**
   * What a running erasure has not found yet must not meet its new names: a room would have two rows, and sessions of one
   * identity would not end one another.
   * @throws Outdated until it has
   */
  private async requireErased({ project, ids }: LedgerEvent, matching: readonly Match[]): Promise<void> {
    const has = (is: Match['is']): boolean => matching.some((match) => match.is === is);
    const room = has('in a name') && !has('name') && !matching.some(({ key }) => key === ids.roomSid);
    const identity = has('identity') && !has('identity in room');
    if (!room && !identity) return;
    const rows = await this.ask({
      name: 'not erased yet',
      text: `select from room where sid = $1 and room_name = $2 and project = $3 and $5
        union all select from participant
          where room_sid || '/' || identity || '/' || project = concat($1::text, '/', $4::text, '/', $3::text) and identity <> '' and $6`,
      values: [ids.roomSid, ids.roomName, project, ids.participantIdentity, room, identity],
    });
    if (rows.length > 0) throw new Outdated('an erasure has still to rewrite what is stored of this room');
  }

  /** Each erasure in its turn, as the log was rewritten. */
  private async without(event: LedgerEvent, keys: readonly Match[]): Promise<LedgerEvent> {
    const message = structuredClone(event.message) as JsonObject;
    for (const erasure of [...new Set(keys.map((key) => key.erasure))].sort((a, b) => a - b)) {
      const named = keys.filter((key) => key.erasure === erasure && key.pseudonym !== null && !key.is.endsWith('name'));
      const participants = new Map(named.map((key) => [key.key, key.pseudonym!]));
      const anySession = named.some(({ is }) => is.startsWith('identity'));
      new Eraser(participants, await this.textsOf(erasure), anySession).erase(message);
    }
    const read = event.subject === 'finding' ? readFinding : readEvent;
    return { ...read(event.project, message, event.receivedAt), problem: event.problem };
  }
}

/** Nothing may be stored before it is known what must not be. */
export class KeyMissing extends Unusable {
  override name = 'KeyMissing';

  constructor() {
    super('people were erased from this database with an ERASURE_KEY that this service does not have');
  }
}

interface NamedKey {
  readonly project: string;
  readonly key: string;
  /** When the session began, in ms; null for an id. */
  readonly began: number | null;
  readonly is: 'id' | 'identity' | 'identity in room' | 'name' | 'in a name';
}

interface Match extends ErasedKey {
  readonly is: NamedKey['is'];
}

function nameOf({ project, key }: { project: string; key: string }): string {
  return `${project}\u0000${key}`;
}

function matchesOf({ is, began }: NamedKey, keys: readonly ErasedKey[]): Match[] {
  const inTime = (before: number | null): boolean => before === null || (began !== null && began < before);
  return keys.filter(({ beganBefore }) => inTime(beganBefore)).map((key) => ({ ...key, is }));
}

/** Ids of a session that only its identity or its room's name gave away: its later events may name only the id. */
function unknownIds({ project, ids }: LedgerEvent, matching: readonly Match[]): ErasedKey[] {
  return matching
    .filter(({ is }) => is !== 'id')
    .flatMap(({ erasure, pseudonym, is }) => {
      const known = (key: string): boolean => matching.some((one) => one.key === key && one.erasure === erasure);
      const row = (key: string | null, pseudonym: string | null): ErasedKey[] =>
        key === null || known(key) ? [] : [{ project, key, erasure, pseudonym, beganBefore: null }];
      const others = [ids.roomSid, ids.egressId, ids.resourceId, ids.jobId];
      return [
        ...(is.startsWith('identity') ? row(ids.participantSid, pseudonym) : []),
        ...others.flatMap((id) => row(id, null)),
      ];
    });
}

async function lookUp(run: Run, named: readonly NamedKey[]): Promise<Map<string, ErasedKey[]>> {
  const found = new Map<string, ErasedKey[]>();
  const values = namedKeys.values([...new Map(named.map((one) => [nameOf(one), one])).values()]);
  const rows: ErasedKey[] = await run<ErasedKey>({ name: 'erased keys', text: keysSql, values });
  for (const row of rows) found.set(nameOf(row), [...(found.get(nameOf(row)) ?? []), row]);
  return found;
}

const allLengths: Statement = {
  name: 'lengths of erased texts',
  text: 'select distinct length from erased_text where length >= $1',
  values: [SHORTEST_WITHIN],
};

const versionNow: Statement = { name: 'erasure version', text: 'select version from erasure_version', values: [] };

const namedKeys = new UnnestedRows<NamedKey>([
  ['key', 'text', ({ key }) => key],
  ['project', 'text', ({ project }) => project],
]);

const keysSql = `select k.project, k.key, k.erasure, k.pseudonym, ${millisecondsOf('k.began_before')} as "beganBefore"
  from ${namedKeys.sql} u join erased_key k on k.key = u.key and k.project = u.project order by k.erasure`;

const keyRows = new UnnestedRows<ErasedKey>([
  ['project', 'text', ({ project }) => project],
  ['key', 'text', ({ key }) => key],
  ['erasure', 'int', ({ erasure }) => erasure],
  ['pseudonym', 'text', ({ pseudonym }) => pseudonym],
  ['began_before', 'timestamptz', ({ beganBefore }) => beganBefore],
]);

/** @param done whether the log holds no event of theirs that is still to be rewritten */
export function keyStatement(keys: readonly ErasedKey[], done: boolean): Statement {
  return {
    name: done ? 'found keys' : 'erased keys to do',
    text: `insert into erased_key (project, key, erasure, pseudonym, began_before, done)
      select *, ${done} from ${keyRows.sql} k order by key, project, erasure on conflict do nothing`,
    values: keyRows.values(keys),
  };
}
