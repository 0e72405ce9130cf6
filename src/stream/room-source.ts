import type { Scope } from '../access/scope.js';
import { keyColumns, type Ordered } from '../read/cursor.js';
import { all, type StringFilter } from '../read/filters.js';
import { pageSql } from '../read/list-sql.js';
import { conditionsOf, selectList } from '../read/noun.js';
import { room } from '../read/nouns/room.js';
import type { Reading, Row } from '../read/reading.js';
import type { StatementBuilder } from '../read/statement.js';
import type { Touched } from './log-step.js';
import type { News } from './log-tail.service.js';
import { MatchingRooms, MOST_MATCHING } from './matching-rooms.js';
import { onlyNames } from './only-names.js';
import { type Ahead, type Batch, Source } from './source.js';
import { TouchedRooms } from './touched-rooms.js';

type Filter = Readonly<Record<string, unknown>>;

/** Parts of a filter that a room matches for ever, or never. */
const steady: ReadonlySet<string> = new Set(['project', 'sid', 'name']);

const DAY_MS = 86_400_000;

/** Open rooms first: those change. */
const byEnd: Ordered = { list: '', order: 'ENDED_AT', direction: 'DESC', keys: room.orders['ENDED_AT']! };

export interface RoomsAsked {
  readonly filter: Filter;
  readonly fields: ReadonlySet<string>;
  readonly scope: Scope;
}

export class RoomSource extends Source {
  readonly after = null;
  private readonly matching: MatchingRooms | null;
  private readonly names: ReadonlySet<string> | null;
  /** If only rooms of these sids are shown: the sids, and the names that they have. */
  private ofSids: ReadonlySet<string> | null = null;
  private touched = new TouchedRooms();
  /** What was read last, until it is told. */
  private reading = this.touched;
  /** Whether a room matched before an older transaction is not known. */
  private knownFrom = 0n;

  constructor(private readonly asked: RoomsAsked) {
    super();
    const changes = Object.entries(asked.filter).some(([name, value]) => value != null && !steady.has(name));
    this.names = onlyNames(asked.scope.roomName, asked.filter['name'] as StringFilter);
    this.matching = changes ? new MatchingRooms() : null;
  }

  check(statement: StatementBuilder): void {
    this.conditions(statement);
  }

  async begin(reading: Reading): Promise<void> {
    await this.learnNames(reading);
    if (this.matching === null) return;
    this.matching.fill(await this.readMatching(reading));
    const statement = reading.statement();
    const any = `exists (select from room where ${statement.inScope}) is not null`;
    const latest = `select pg_snapshot_xmax(pg_current_snapshot())::text as xid where ${any}`;
    const [now] = await reading.rows(statement, latest);
    this.knownFrom = BigInt(now!['xid'] as string);
  }

  hear(news: News): boolean {
    if (news === 'swapped') return (this.touched.swapped = true);
    const touched = news.touched.filter((room) => this.concerns(room));
    this.touched.add({ touched, since: news.since });
    return touched.length > 0;
  }

  /** Others of its name can end a room; an egress may name only its sid. */
  private concerns({ name, sid }: Touched): boolean {
    const ofName = name === null || (this.names?.has(name) ?? true);
    return ofName && (this.ofSids?.has(sid ?? '') || this.ofSids?.has(name ?? '') || this.ofSids === null);
  }

  private async learnNames(reading: Reading): Promise<void> {
    const sids = this.asked.filter['sid'] as readonly string[] | null | undefined;
    if (sids == null) return;
    const statement = reading.statement();
    const where = `${statement.inScope} and sid = any(${statement.bind(sids)}::text[])`;
    const rows = await reading.rows(statement, `select room_name as name from room where ${where}`);
    this.ofSids = new Set([...sids, ...rows.map(({ name }) => name as string)]);
  }

  async read(reading: Reading, { until }: Ahead): Promise<Batch> {
    if (this.reading !== this.touched) this.touched.merge(this.reading);
    const touched = (this.reading = this.touched);
    this.touched = new TouchedRooms();
    if (touched.swapped) await this.touchAll(reading, touched);
    const rows = touched.isEmpty ? [] : await reading.rows(...this.touchedSql(reading.statement(), touched));
    const unknown = touched.oldest !== null && touched.oldest < this.knownFrom;
    const shown = rows.filter(
      (row) => row['matches'] || (this.matching !== null && (unknown || this.matching.matched(keyOf(row)))),
    );
    return {
      items: shown.map((row) => ({ root: { roomChanged: row }, position: until })),
      upTo: until,
      told: () => {
        for (const row of shown) this.matching?.note(keyOf(row), row['matches'] === true);
        this.reading = this.touched;
      },
    };
  }

  /** A rebuild may have made any row anew. */
  private async touchAll(reading: Reading, touched: TouchedRooms): Promise<void> {
    const keys = [...(this.matching?.keys() ?? []), ...(await this.readMatching(reading))];
    for (const key of keys) touched.sids.add(key.split('\u0000')[0]!);
  }

  private async readMatching(reading: Reading): Promise<string[]> {
    const statement = reading.statement();
    const listing = {
      relation: { noun: room, list: '', keys: [], on: () => 'true' },
      filter: this.asked.filter,
      ordered: byEnd,
      window: { size: MOST_MATCHING - 1, backward: false, after: null, before: null },
      selection: {
        fields: new Set(['sid', 'roomName']),
        cursors: true,
        pointed: new Map<string, ReadonlySet<string>>(),
      },
    };
    return (await reading.rows(statement, pageSql(statement, listing, [{}]).sql)).map(keyOf);
  }

  private touchedSql(statement: StatementBuilder, { sids, names, since }: TouchedRooms): [StatementBuilder, string] {
    const { project } = this.asked.scope;
    const texts = (values: Iterable<string>): string => `${statement.bind([...values])}::text[]`;
    const bare = [...names].flatMap(([name, { bare: isBare }]) => (isBare ? [name] : []));
    const xids = [...names.values()].flatMap((named) => [...named.xids]);
    const families = texts(Array.from(names.keys(), (name) => `${name}/${project}`));
    const lately = `${statement.bind(new Date(Number.isFinite(since) ? since - DAY_MS : 0).toISOString())}::timestamptz`;
    const changed = `(xmin::text = any(${texts(xids)}) or room_name = any(${texts(bare)}))`;
    const sibling = `(room_name || '/' || project) = any(${families}) and ${familyEnd} >= ${lately} and ${changed}`;
    const columns = [
      selectList(room, this.asked.fields),
      ...keyColumns(byEnd),
      `(${this.conditions(statement)}) as matches`,
    ];
    const where = all([statement.inScope, `(sid = any(${texts(sids)}) or ${sibling})`]);
    return [statement, `select ${columns.join(', ')} from room where ${where}`];
  }

  private conditions(statement: StatementBuilder): string {
    return all(conditionsOf(room, this.asked.filter, statement));
  }
}

/** As the index of families has it. */
const familyEnd = `coalesce(case when end_source <> 'EXPIRED' then ended_at end, 'infinity'::timestamptz)`;

/** Of the order by end: sid, then name. */
function keyOf(row: Row): string {
  return `${String(row['key1'])}\u0000${String(row['key2'])}`;
}
