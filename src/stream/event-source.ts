import type { Scope } from '../access/scope.js';
import { cursorOf, keyColumns } from '../read/cursor.js';
import { all, type StringFilter } from '../read/filters.js';
import { conditionsOf, selectList } from '../read/noun.js';
import { webhookEvent } from '../read/nouns/webhook-event.js';
import type { Reading, Row } from '../read/reading.js';
import { isSteady } from '../read/reusable-plan.js';
import type { StatementBuilder } from '../read/statement.js';
import { type LogPosition, positionIn, resumedFrom, sqlOf, streamOrder } from './log-position.js';
import type { News } from './log-tail.service.js';
import { onlyNames } from './only-names.js';
import { type Ahead, type Batch, Source } from './source.js';

export interface EventsAsked {
  readonly filter?: Readonly<Record<string, unknown>> | null;
  readonly after?: string | null;
}

export class EventSource extends Source {
  readonly after: LogPosition | null;
  private readonly filter: Readonly<Record<string, unknown>>;
  private readonly names: ReadonlySet<string> | null;
  private readonly sids: ReadonlySet<string> | null;

  constructor(
    { filter, after }: EventsAsked,
    private readonly fields: ReadonlySet<string>,
    scope: Scope,
  ) {
    super();
    this.filter = filter ?? {};
    this.names = onlyNames(scope.roomName, this.filter['roomName'] as StringFilter);
    const sids = this.filter['roomSid'] as readonly string[] | null | undefined;
    this.sids = sids == null ? null : new Set(sids);
    this.after = after == null ? null : resumedFrom(after);
  }

  check(statement: StatementBuilder): void {
    conditionsOf(webhookEvent, this.filter, statement);
  }

  begin(): Promise<void> {
    return Promise.resolve();
  }

  hear(news: News): boolean {
    const { names, sids } = this;
    if (news === 'swapped') return false;
    return news.touched.some(({ name, sid }) => (names?.has(name ?? '') ?? true) && (sids?.has(sid ?? '') ?? true));
  }

  async read(reading: Reading, { from, until, most }: Ahead): Promise<Batch> {
    const statement = reading.statement();
    const place = `(${streamOrder.keys.map(({ sql }) => sql).join(', ')})`;
    const bound = (position: LogPosition): string =>
      `(${sqlOf(position)
        .map((value) => `${statement.bind(value)}::bigint`)
        .join(', ')})`;
    const inside = [`${place} > ${bound(from)}`, `${place} < ${bound(until)}`];
    const where = all([statement.inScope, ...inside, ...conditionsOf(webhookEvent, this.filter, statement)]);
    const columns = [selectList(webhookEvent, this.fields), ...keyColumns(streamOrder)].join(', ');
    const order = streamOrder.keys.map(({ sql }) => `webhook_event.${sql}`).join(', ');
    const sql = `select ${columns} from webhook_event where ${where} order by ${order} limit ${most}`;
    const steady = isSteady(webhookEvent, this.filter, streamOrder);
    const rows = await (steady ? reading.rowsOfPrepared(statement, sql) : reading.rows(statement, sql));
    const items = rows.map((node) => ({ root: { webhookEvents: { page: edges, node } }, position: positionIn(node) }));
    return { items, upTo: rows.length === most ? items.at(-1)!.position : until, told: () => undefined };
  }
}

const edges = { cursor: (row: Row): string => cursorOf(streamOrder, row) };
