import { cursorOf, keyColumns, type Ordered } from '../read/cursor.js';
import { compareSql } from '../read/list-sql.js';
import { selectList } from '../read/noun.js';
import { type ListArguments, type PageWindow, pageWindowOf } from '../read/page-arguments.js';
import type { Reading, Row } from '../read/reading.js';
import { pieceMilliseconds } from './measures.js';
import { piecesSql, rowColumns } from './pieces-sql.js';
import type { Question } from './question.js';
import { rowOf } from './run-usage.js';
import type { UsageRow } from './usage-row.js';

type RowKey = Pick<UsageRow, 'win' | 'group' | 'others'>;

/** Reads the sessions behind all rows of an answer together, oldest first. */
export class Breakdown {
  private readonly ordered: Ordered;
  private readonly window: PageWindow;
  private pages: Promise<Map<string, Row[]>> | undefined;
  private earlier: Promise<Map<string, Row[]>> | undefined;

  /** @throws Refusal BAD_USER_INPUT */
  constructor(
    private readonly reading: Reading,
    private readonly question: Question,
    private readonly ask: { args: ListArguments; fields: ReadonlySet<string> },
  ) {
    const { noun } = question.meter;
    const [list, order] = [`usage.${question.meterName}`, noun.defaultOrder];
    this.ordered = { list, order, direction: 'ASC', keys: noun.orders[order]! };
    this.window = pageWindowOf(this.ordered, ask.args);
  }

  of(row: RowKey): BreakdownPage {
    return new BreakdownPage(this, keyOf(row));
  }

  async rows(key: string): Promise<readonly Row[]> {
    return (await this.fetched(key)).slice(0, this.window.size);
  }

  async hasNext(key: string): Promise<boolean> {
    return (await this.fetched(key)).length > this.window.size;
  }

  /** Whether the row has a session at or before the cursor. */
  async hasPrevious(key: string): Promise<boolean> {
    if (this.window.after === null) return false;
    return (await (this.earlier ??= this.loadEarlier())).has(key);
  }

  cursor(row: Row): string {
    return cursorOf(this.ordered, row);
  }

  private async fetched(key: string): Promise<readonly Row[]> {
    return (await (this.pages ??= this.loadPages())).get(key) ?? [];
  }

  private loadPages(): Promise<Map<string, Row[]>> {
    const statement = this.reading.statement();
    const { noun } = this.question.meter;
    const row = rowColumns(this.question).join(', ');
    const pieces = `(${piecesSql(statement, this.question)}) as session where ${this.beyond(statement, '>')}`;
    const order = this.ordered.keys.map(({ sql }) => sql).join(', ');
    const placed = `select session.*, row_number() over (partition by ${row} order by ${order}) as place from ${pieces}`;
    const columns = [
      row,
      `(${pieceMilliseconds})::text as "pieceMilliseconds"`,
      `'${noun.type}' as "__typename"`,
      selectList(noun, this.ask.fields),
      ...keyColumns(this.ordered),
    ];
    const limit = statement.bind(this.window.size + 1);
    return this.byRow(
      statement,
      `select ${columns.join(', ')} from (${placed}) as ${noun.table} where place <= ${limit} order by place`,
    );
  }

  private loadEarlier(): Promise<Map<string, Row[]>> {
    const statement = this.reading.statement();
    const row = rowColumns(this.question).join(', ');
    const pieces = `(${piecesSql(statement, this.question)}) as session where ${this.beyond(statement, '<=')}`;
    return this.byRow(statement, `select distinct ${row} from ${pieces}`);
  }

  private beyond(statement: ReturnType<Reading['statement']>, by: string): string {
    const { after } = this.window;
    return after === null ? 'true' : compareSql(statement, this.ordered.keys, { than: after, by });
  }

  private async byRow(statement: ReturnType<Reading['statement']>, sql: string): Promise<Map<string, Row[]>> {
    const found = new Map<string, Row[]>();
    for (const row of await this.reading.rows(statement, sql)) {
      const key = keyOf(rowOf(this.question, row));
      found.set(key, [...(found.get(key) ?? []), row]);
    }
    return found;
  }
}

export class BreakdownPage {
  constructor(
    private readonly breakdown: Breakdown,
    private readonly key: string,
  ) {}

  rows(): Promise<readonly Row[]> {
    return this.breakdown.rows(this.key);
  }

  cursor(row: Row | undefined): string | null {
    return row === undefined ? null : this.breakdown.cursor(row);
  }

  hasNext(): Promise<boolean> {
    return this.breakdown.hasNext(this.key);
  }

  hasPrevious(): Promise<boolean> {
    return this.breakdown.hasPrevious(this.key);
  }
}

function keyOf({ win, group, others }: RowKey): string {
  return JSON.stringify([win, others, ...group]);
}
