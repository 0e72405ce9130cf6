import { badInput } from './bad-input.js';
import { durationSeconds, plain, time } from './columns.js';
import { all, equal, instant, type InstantRange, oneOf } from './filters.js';
import type { Ends, Filter, Key } from './noun.js';
import { type Interval, openEnded } from './span.js';

/** The fields of the API's Session, with both ends. */
export function sessionColumns({ start, end, empty }: Ends): Record<string, string> {
  return {
    ...plain('project', 'roomName', 'startSource', 'endSource'),
    active: '(ended_at is null)',
    [start]: time('started_at'),
    [end]: time('ended_at'),
    durationSeconds: durationSeconds(empty),
    endUncertaintySeconds: '(end_uncertainty_ms::float8 / 1000)',
    lastSeenAt: time('last_seen_at'),
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

/** Worded as the indexes by end are. */
const ended: Filter<InstantRange> = (range, statement) => {
  const within = instant(openEnded)(range, statement);
  return within === 'true' ? within : `${within} and ${openEnded} < 'infinity'`;
};

/** By start, and by end with open sessions last; equal ones by id in byte order. */
export function sessionOrders({ start, end }: Ends, id: readonly string[]): Record<string, readonly Key[]> {
  const ids = id.map((column): Key => ({ sql: column, text: column, kind: 'text' }));
  return {
    [enumName(start)]: [{ sql: 'started_at', text: time('started_at'), kind: 'time' }, ...ids],
    [enumName(end)]: [{ sql: openEnded, text: `coalesce(${time('ended_at')}, 'infinity')`, kind: 'time' }, ...ids],
  };
}

function enumName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

// Both leave out what has not come yet, so an open session may stand as endless here.
function activeAt(empty: string): Filter<string> {
  return (at, statement) => {
    if (at >= statement.now) return 'false';
    const bound = `${statement.bind(at)}::timestamptz`;
    return all([`started_at <= ${bound}`, `${openEnded} > ${bound}`, `not (${empty})`]);
  };
}

function activeDuring(empty: string): Filter<Interval> {
  return ({ from, to }, statement) => {
    if (from >= to) throw badInput(`The interval from ${from} to ${to} is empty.`);
    if (from >= statement.now) return 'false';
    const until = to < statement.now ? to : statement.now;
    return all([
      `started_at < ${statement.bind(until)}::timestamptz`,
      `${openEnded} > ${statement.bind(from)}::timestamptz`,
      `${openEnded} > started_at`,
      `not (${empty})`,
    ]);
  };
}
