import { badInput } from '../../http/refusal.js';
import { durationSeconds, plain } from '../columns.js';
import { all, equal, instant, type InstantRange, oneOf } from '../filters.js';
import type { Ends, Filter, OrderKey } from '../noun.js';
import { snakeCase } from '../../text/snake-case.js';
import { type TimeRange, openEnded } from '../overlap-sql.js';

export function sessionColumns({ start, end, empty }: Ends): Record<string, string> {
  return {
    ...plain('project', 'roomName', 'startSource', 'endSource', 'lastSeenAt'),
    active: '(ended_at is null)',
    [start]: 'started_at',
    [end]: 'ended_at',
    durationSeconds: durationSeconds(empty),
    endUncertaintySeconds: '(end_uncertainty_ms::float8 / 1000)',
  };
}

export function sessionFilters({ start, end, empty = 'false' }: Ends): Record<string, Filter<never>> {
  return {
    project: equal('project'),
    active: (active: boolean) => `ended_at is ${active ? '' : 'not '}null`,
    [start]: instant('started_at'),
    [end]: ended,
    activeAt: activeAt(empty),
    activeDuring: activeDuring(empty),
    startSource: oneOf('start_source'),
    endSource: oneOf('end_source'),
  };
}

/** By end, the index compares ends. Otherwise coalesce keeps the planner from counting the condition twice. */
const ended: Filter<InstantRange> = ({ gte, lt }, statement, by) => {
  const bound = (at: string): string => `${statement.bind(at)}::timestamptz`;
  if (by !== openEnded) {
    const [from, until] = [gte != null && `ended_at >= ${bound(gte)}`, lt != null && `ended_at < ${bound(lt)}`];
    return all([from, until].map((side) => side && `coalesce(${side}, false)`));
  }
  const within = instant(openEnded)({ gte, lt }, statement);
  return within === 'true' ? within : `${within} and ${openEnded} < 'infinity'`;
};

function endsAfter(instant: string, by: string | undefined): string {
  return by === openEnded ? `${openEnded} > ${instant}` : `coalesce(ended_at > ${instant}, true)`;
}

/** Open sessions sort as the latest end; equal ones by id. */
export function sessionOrders({ start, end }: Ends, id: readonly string[]): Record<string, readonly OrderKey[]> {
  const ids = id.map((column): OrderKey => ({ sql: column, kind: 'text' }));
  return {
    [enumName(start)]: [{ sql: 'started_at', kind: 'time' }, ...ids],
    [enumName(end)]: [{ sql: openEnded, kind: 'time' }, ...ids],
  };
}

function enumName(field: string): string {
  return snakeCase(field).toUpperCase();
}

// Neither matches the future, so an open session may count as endless.
function activeAt(empty: string): Filter<string> {
  return (at, statement, by) => {
    if (at >= statement.now) return 'false';
    const bound = `${statement.bind(at)}::timestamptz`;
    return all([`started_at <= ${bound}`, endsAfter(bound, by), `not (${empty})`]);
  };
}

function activeDuring(empty: string): Filter<TimeRange> {
  return ({ from, to }, statement, by) => {
    if (from >= to) throw badInput(`The interval from ${from} to ${to} is empty.`);
    if (from >= statement.now) return 'false';
    const until = to < statement.now ? to : statement.now;
    return all([
      `started_at < ${statement.bind(until)}::timestamptz`,
      endsAfter(`${statement.bind(from)}::timestamptz`, by),
      'coalesce(ended_at > started_at, true)',
      `not (${empty})`,
    ]);
  };
}
