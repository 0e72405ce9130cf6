import type { Reading } from '../read/reading.js';
import { MAX_SUMS, rowsOfCells, splitByCells } from './answer-from-cells.js';
import type { Measure } from './measures.js';
import type { OpenQuestion, Question } from './question.js';
import { boundsSql, rowsSql } from './rows-sql.js';
import { ranked, rowOf } from './run-usage.js';
import type { GroupValues } from './top.js';
import type { UsageRow } from './usage-row.js';

const PAGE = 4_000;
/** Of a window that is read as many times as it has pages. */
const WIDE_PAGE = 20_000;
const PAGE_BYTES = 8 * 2 ** 20;
const MAX_WINDOWS = 500;

/** The rows of any number of windows: of a few windows together, and of a large window in several pages. */
export async function* usagePages(
  reading: Reading,
  { range, edges, ...asked }: OpenQuestion,
  wanted: ReadonlySet<Measure>,
): AsyncGenerator<UsageRow[]> {
  const matter = await ranked(reading, asked.matter, range);
  if (matter.kept?.groups.length === 0) return;
  let from = edges.next().value as number;
  for (let size = 1; ;) {
    const next = take(edges, size);
    if (next.length === 0) return;
    let rows = 0;
    for await (const page of pagesOf(reading, { ...matter, edges: [from, ...next] }, wanted)) {
      rows += page.length;
      yield page;
    }
    from = next.at(-1)!;
    if (rows < PAGE / 2) size = Math.min(2 * size, MAX_WINDOWS);
    else if (rows > PAGE) size = Math.ceil(size / 2);
  }
}

async function* pagesOf(
  reading: Reading,
  question: Question,
  wanted: ReadonlySet<Measure>,
): AsyncGenerator<UsageRow[]> {
  const split = splitByCells(reading, question, wanted);
  if (split) return void (yield await rowsOfCells(reading, question, { split, wanted, limit: MAX_SUMS }));
  let [rest, bounds]: [Question, GroupValues[]] = [question, []];
  for (let [full, after]: [number, UsageRow | undefined] = [0, undefined]; ;) {
    const until = bounds[0];
    const limit = until ? 2 * WIDE_PAGE : PAGE;
    const statement = reading.statement();
    const sql = rowsSql(statement, rest, { wanted, limit, ...(after && { after }), ...(until && { until }) });
    const { rows, cut } = await reading.firstRows(statement, sql, PAGE_BYTES);
    const page = rows.map((row) => rowOf(rest, row));
    yield page;
    const isWhole = !cut && page.length < limit;
    if (isWhole && bounds.length === 0) return;
    after = isWhole ? { ...after!, win: 1, group: bounds.shift()! } : page.at(-1)!;
    rest = { ...rest, edges: rest.edges.slice(after.win - 1) };
    // Else every page would sum up all groups after it too.
    if (!isWhole && ++full === 2) bounds = await boundsOf(reading, rest, after);
  }
}

async function boundsOf(reading: Reading, question: Question, after: UsageRow): Promise<GroupValues[]> {
  const { edges, kept, dimensions } = question;
  if (edges.length > 2 || kept || dimensions.length === 0) return [];
  const statement = reading.statement();
  const rows = await reading.rows(statement, boundsSql(statement, question, { size: WIDE_PAGE, after }));
  return rows.map((row) => dimensions.map((_, index) => row[`group${index}`] as string | null));
}

function take(edges: Generator<number>, count: number): number[] {
  const taken: number[] = [];
  while (taken.length < count) {
    const { value, done } = edges.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
