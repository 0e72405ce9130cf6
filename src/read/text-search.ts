import { badInput } from '../http/refusal.js';
import type { StringFilter } from './filters.js';
import type { NestedList } from './noun.js';
import type { StatementBuilder } from './statement.js';

interface Searched {
  readonly relation: NestedList;
  readonly filter: Readonly<Record<string, unknown>>;
}

/** No index finds a text inside others: something beside it must. @throws Refusal BAD_USER_INPUT */
export function requireBounds(statement: StatementBuilder, { relation: { keys }, filter }: Searched): void {
  const given = Object.entries(filter).filter(([, value]) => value != null);
  const searched = given.find(([, value]) => (value as StringFilter).contains != null);
  if (searched === undefined || keys.length > 0 || statement.ofOneRoom || given.some(isBound)) return;
  const wanted = 'a span with a beginning, a room or an identity';
  throw badInput(`To search ${searched[0]} for what it contains, name ${wanted} beside it.`);
}

const ids = new Set(['id', 'sid', 'roomSid', 'participantSid', 'egressId', 'ingressId', 'resourceId', 'jobId']);
const names = new Set(['name', 'roomName', 'identity']);

function isBound([name, value]: [string, unknown]): boolean {
  if (ids.has(name) || name === 'activeAt' || name === 'activeDuring') return true;
  if (name === 'active') return value === true;
  if (typeof value === 'string') return name === 'identity';
  const { gte, eq, in: list } = value as StringFilter & { gte?: unknown };
  return typeof gte === 'string' || (names.has(name) && (eq ?? list) != null);
}
