import { kinds } from '../read/nouns/participant.js';
import { types as egressTypes } from '../read/nouns/egress.js';
import { badInput } from '../http/refusal.js';
import type { Words } from '../read/columns.js';
import * as filter from '../read/filters.js';
import type { Filter } from '../read/noun.js';
import type { StatementBuilder } from '../read/statement.js';
import { sources, types as trackTypes } from '../read/nouns/track.js';
import type { SessionColumn, Joins, Meter } from './meters.js';

export type UsageFilter = Readonly<Record<string, unknown>>;

/** @throws Refusal BAD_USER_INPUT for what `meter` lacks */
export function checkFilter(meterName: string, meter: Meter, given: UsageFilter): void {
  const [name] = lacking(meter, given);
  if (name !== undefined) throw badInput(`The meter ${meterName} has no filter ${name}.`);
}

export function lacking(meter: Meter, given: UsageFilter): string[] {
  return entries(given)
    .map(([name]) => name)
    .filter((name) => filters[name]!(meter) === undefined);
}

export function filterSql(
  meter: Meter,
  given: UsageFilter,
  at: { statement: StatementBuilder; joins: Joins },
): string[] {
  return entries(given).map(([name, value]) => filters[name]!(meter)!(at.joins)(value as never, at.statement));
}

function entries(given: UsageFilter): [string, unknown][] {
  return Object.entries(given).filter(([, value]) => value != null);
}

/** Undefined if the meter lacks the field. */
type OfMeter = (meter: Meter) => ((joins: Joins) => Filter<never>) | undefined;

const filters: Readonly<Record<string, OfMeter>> = {
  project: field('PROJECT', filter.equal),
  roomSid: field('ROOM_SID', filter.oneOf),
  roomName: field('ROOM_NAME', filter.text),
  identity: field('IDENTITY', filter.text),
  participantKind: field('PARTICIPANT_KIND', ofWords(kinds)),
  excludeParticipantKind: field('PARTICIPANT_KIND', (column) => filter.otherWord(column, kinds)),
  trackType: field('TRACK_TYPE', ofWords(trackTypes)),
  trackSource: field('TRACK_SOURCE', ofWords(sources)),
  egressType: field('EGRESS_TYPE', ofWords(egressTypes)),
  roomMetadata: ({ roomMetadata }) => on(roomMetadata, filter.atPath),
  attribute: profile('attributes', filter.attribute),
  hidden: profile('hidden', filter.is),
  excludeKindDetails: profile('kind_details', filter.noneOf),
};

function field(name: string, condition: (column: string) => Filter<never>): OfMeter {
  return ({ fields }) => on(fields[name], condition);
}

function profile(column: string, condition: (column: string) => Filter<never>): OfMeter {
  return ({ profile }) => on(profile?.(column), condition);
}

function on(column: SessionColumn | undefined, condition: (column: string) => Filter<never>): ReturnType<OfMeter> {
  return column && ((joins) => condition(column(joins)));
}

function ofWords(words: Words): (column: string) => Filter<readonly string[]> {
  return (column) => filter.word(column, words);
}
