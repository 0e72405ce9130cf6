import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { connection } from '../database/connection.js';
import type { Database } from '../database/database.js';
import { faultOf } from '../database/failure.js';
import { REBUILD_LOCK } from '../database/locks/advisory-locks.js';
import { keyStatement, type ErasedKey } from '../erased/erased.js';
import { SHORTEST_WITHIN, type ErasedTexts } from '../erased/eraser.js';
import type { Fingerprints } from '../erased/fingerprints.js';
import { Writer } from '../erased/writer.js';
import { endBegunDrop } from '../log/leaving.js';
import { keepingLog } from '../log/log-lock.js';
import type { ArchiveStore } from '../log/archive/store.js';
import { archivedMonths, eraseArchive } from './erase-archive.js';
import { eraseLog, eraseNamed } from './erase-log.js';
import { eraseGroup, nextVersion, type Erasing } from './erase-rows.js';
import { familiesSql, findPresences, Person, type Presence, presencesSql, type Selection } from './person.js';
import { groupsOf, withinTexts, type Group } from './scope.js';

export interface ErasureRequest {
  readonly selection: Selection;
  readonly by: string;
  /** In ms. */
  readonly now: number;
  readonly archive: ArchiveStore | null;
}

/** What an erasure did, or would do. Holds the old texts, and is stored nowhere. */
export interface ErasureReport {
  readonly sessions: number;
  /** Old room name → new one. */
  readonly renamed: ReadonlyMap<string, string>;
  /** Rewritten in the log; 0 if nothing was done. */
  readonly events: number;
  /** Texts too short to be looked for inside others. */
  readonly short: readonly string[];
  /** Earlier erasures that were killed, and whose begun part is finished now. */
  readonly interrupted: readonly Interrupted[];
}

export interface Interrupted {
  readonly at: Date;
  readonly by: string;
}

/** Sessions that arrive while the erasure runs are found in another round. */
const MOST_ROUNDS = 10;

/**
 * Erases a person: replaces what tells who it was, and remembers how to recognise what arrives late.
 * @throws Error that says what to do
 */
export function erase(database: Database, { selection, by, now, archive }: ErasureRequest): Promise<ErasureReport> {
  return onOneConnection(database.url, async (client) => {
    const writer = new Writer(database);
    const prints = fingerprintsOf(writer);
    await writer.requireKey();
    await lockOutRebuilds(client);
    await requireArchive(client, archive);
    const interrupted = await finishInterrupted(database, writer);
    const person = new Person(selection.project, prints);
    const presences = await findSelected(client, person, selection);
    if (person.texts.size === 0) return { ...reportOf(person, []), events: 0, interrupted };
    const erasure = await begin(database, { project: person.project, by, now, keyCheck: prints.check });
    const rounds = { client, database, writer, person, naming: { erasure, now, prints } };
    const { groups, events: logged } = await eraseInRounds(rounds, presences);
    const named = await eraseNamed(writer, person.project, [...renamingsOf(groups).keys()]);
    const archived = archive === null ? 0 : await eraseArchives(database, writer, archive);
    const report = { ...reportOf(person, groups), events: logged + named + archived, interrupted };
    const sessions = await finish(database, erasure, report);
    await writer.pool.query(nextVersion);
    return { ...report, sessions };
  });
}

interface Rounds {
  readonly client: pg.Client;
  readonly database: Database;
  readonly writer: Writer;
  readonly person: Person;
  readonly naming: Naming;
}

interface ErasedGroups {
  readonly groups: readonly Group[];
  readonly events: number;
}

async function eraseInRounds(rounds: Rounds, selected: readonly Presence[]): Promise<ErasedGroups> {
  const { client, database, writer, person, naming } = rounds;
  const all: Group[] = [];
  let [presences, events] = [selected, 0];
  for (let round = 1; round <= MOST_ROUNDS; round++) {
    const groups = await groupsOf(client, { person, texts: textsOf(person), before: naming.now }, presences);
    if (groups.length === 0 && round > 1) break;
    await rememberTexts(database, person, naming);
    const erasing = erasingOf(person, naming);
    for (const group of groups) {
      await whenFree(() => eraseGroup(writer, erasing, group));
      await pause(BREATH_MS);
    }
    await rememberNames(database, person, naming);
    await untilEarlierEnd(client);
    events += await eraseLog(writer, naming.erasure);
    all.push(...groups);
    presences = await findLate(client, person, naming.now);
  }
  return { groups: all, events };
}

export function lookAt(database: Database, selection: Selection, now: number): Promise<ErasureReport> {
  return onOneConnection(database.url, async (client) => {
    const person = new Person(selection.project, fingerprintsOf(new Writer(database)));
    const presences = await findSelected(client, person, selection);
    const sought = { person, texts: textsOf(person), before: now };
    return { ...reportOf(person, await groupsOf(client, sought, presences)), events: 0, interrupted: [] };
  });
}

/** Nobody else erases now, so whatever is not finished was killed. What it had begun is finished in the log. */
async function finishInterrupted({ prisma }: Database, writer: Writer): Promise<Interrupted[]> {
  const interrupted = await prisma.erasure.findMany({ where: { finishedAt: null }, orderBy: { id: 'asc' } });
  for (const { id } of interrupted) {
    const events = await eraseLog(writer, id);
    await prisma.erasure.update({ where: { id }, data: { events: { increment: events }, finishedAt: new Date() } });
    await writer.pool.query(nextVersion);
  }
  return interrupted;
}

function fingerprintsOf({ erased }: Writer): Fingerprints {
  if (erased.fingerprints !== null) return erased.fingerprints;
  throw new Error('Set ERASURE_KEY, here and for every service: without it, what arrives late cannot be recognised.');
}

async function onOneConnection<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connection(url));
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @throws Error if what is archived could not be erased */
async function requireArchive(client: pg.Client, archive: ArchiveStore | null): Promise<void> {
  const months = archive === null ? await archivedMonths(client) : [];
  if (months.length === 0) return;
  const where = 'Set ARCHIVE_DIR or ARCHIVE_S3_BUCKET as the service has it';
  throw new Error(`Months of the log are archived (${months.join(', ')}), and would not be erased. ${where}.`);
}

/** Meanwhile no month is archived. */
async function eraseArchives({ url }: Database, { erased }: Writer, archive: ArchiveStore): Promise<number> {
  const events = await keepingLog(url, { wait: true }, async (keeping) => {
    let events = 0;
    await endBegunDrop(keeping, archive);
    for (const month of await archivedMonths(keeping.client)) events += await eraseArchive(archive, erased, month);
    return events;
  });
  return events ?? 0;
}

/** They read the log as it was. */
async function lockOutRebuilds(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_lock($1) as held', [REBUILD_LOCK]);
  if (!rows[0]!.held) {
    throw new Error('A rebuild, a verification or another erasure of this database is running: try again after it.');
  }
}

function findSelected(client: pg.Client, person: Person, { identity, attribute }: Selection): Promise<Presence[]> {
  if (attribute !== undefined) {
    const { path, value } = attribute;
    return findPresences(client, person, { text: familiesSql('p.attributes ->> $2 = $3'), values: [path, value] });
  }
  person.addIdentity(identity!);
  return findPresences(client, person, { text: presencesSql('p.identity = $2'), values: [identity] });
}

/** JSON of JSON may spell a text in many ways. */
const ESCAPED = '\\\\';

function erasingOf(person: Person, { erasure, now }: Pick<Erasing, 'erasure' | 'now'>): Erasing {
  const { project, identities } = person;
  const texts = textsOf(person);
  return { erasure, project, now, identities: [...identities], texts, withinTexts: [...withinTexts(person), ESCAPED] };
}

/** Sessions that began before the erasure, and were not known yet. */
function findLate(client: pg.Client, person: Person, now: number): Promise<Presence[]> {
  const began = 'p.identity = any($2) and p.started_at < to_timestamp($3::float8 / 1000)';
  return findPresences(client, person, { text: presencesSql(began), values: [[...person.identities], now] });
}

function textsOf({ texts }: Person): ErasedTexts {
  const lengths = [...new Set(Array.from(texts.keys(), (text) => text.length))];
  return { lengths, pseudonymOf: (text) => texts.get(text) ?? null };
}

interface Begun {
  readonly project: string;
  readonly by: string;
  readonly now: number;
  readonly keyCheck: string;
}

async function begin({ prisma }: Database, { project, by, now, keyCheck }: Begun): Promise<number> {
  const data = { project, at: new Date(now), by, sessions: 0, rooms: 0, events: 0 };
  const [{ id }] = await prisma.$transaction([
    prisma.erasure.create({ data }),
    prisma.erasureVersion.update({ where: { singleton: true }, data: { keyCheck } }),
  ]);
  return id;
}

interface Naming {
  readonly erasure: number;
  readonly now: number;
  readonly prints: Fingerprints;
}

async function rememberTexts({ prisma }: Database, { project, texts }: Person, naming: Naming): Promise<void> {
  const { erasure, prints } = naming;
  const data = Array.from(texts, ([text, pseudonym]) => ({
    erasure,
    fingerprint: prints.of(project, text),
    length: text.length,
    pseudonym,
  }));
  await prisma.erasedText.createMany({ data, skipDuplicates: true });
}

/**
 * From now on sessions that began before the erasure are recognised by what they name, known or not. Only once all known
 * rooms have their new names: a room must not have two.
 */
async function rememberNames({ intake }: Database, person: Person, naming: Naming): Promise<void> {
  await intake.query(keyStatement(namesOf(person, naming), true));
  await intake.query(nextVersion);
}

function namesOf({ project, identities, texts }: Person, { erasure, now, prints }: Naming): ErasedKey[] {
  const names = [...texts].filter(([text]) => identities.has(text) || text.length >= SHORTEST_WITHIN);
  return names.map(([text, pseudonym]) => ({
    project,
    key: prints.of(project, text),
    erasure,
    pseudonym: identities.has(text) ? pseudonym : null,
    beganBefore: now,
  }));
}

/** Batches that were under way may still write what they read before. */
async function untilEarlierEnd(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ now: string }>('select pg_current_xact_id()::text as now');
  for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
    const { rows: left } = await client.query<{ ended: boolean }>(
      'select pg_snapshot_xmin(pg_current_snapshot()) > $1::xid8 as ended',
      [rows[0]!.now],
    );
    if (left[0]!.ended) return;
    await pause(PAUSE_MS);
  }
}

/** After each step, batches that look again get their turn. */
const BREATH_MS = 10;
const PAUSE_MS = 50;
const MOST_ATTEMPTS = 1200;

/** A batch of intake may hold the locks for a moment. */
async function whenFree(work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      const passes = ['held', 'conflict'].includes(faultOf(error));
      if (!passes || attempt === MOST_ATTEMPTS) throw error;
      await pause(PAUSE_MS);
    }
  }
}

function renamingsOf(groups: readonly Group[]): Map<string, string> {
  const renamed = groups.filter(({ roomName, newName }) => roomName !== newName);
  return new Map(renamed.map(({ roomName, newName }) => [roomName, newName]));
}

async function finish(
  { prisma }: Database,
  id: number,
  { renamed, events }: Pick<ErasureReport, 'renamed' | 'events'>,
): Promise<number> {
  const sessions = await prisma.erasedKey.count({
    where: { erasure: id, beganBefore: null, NOT: { pseudonym: null } },
  });
  await prisma.erasure.update({
    where: { id },
    data: { sessions, rooms: renamed.size, events, finishedAt: new Date() },
  });
  return sessions;
}

function reportOf(
  { presences, texts }: Person,
  groups: readonly Group[],
): Omit<ErasureReport, 'events' | 'interrupted'> {
  const short = [...texts.keys()].filter((text) => text.length < SHORTEST_WITHIN);
  return { sessions: presences.size, renamed: renamingsOf(groups), short };
}
