import { snakeCase } from '../text/snake-case.js';
import { NOW } from './statement.js';

/** An enum of the API: its names, and what LiveKit writes for each. */
export type Words = ReadonlyMap<string, string>;

export function words(names: readonly string[], spell: (name: string) => string = (name) => name): Words {
  return new Map(names.map((name) => [name, spell(name)]));
}

/** The API's name of a stored word; `OTHER` for one that is newer than this service. */
export function word(column: string, known: Words): string {
  const cases = [...known].map(([name, stored]) => `when '${stored}' then '${name}'`);
  return `case ${column} ${cases.join(' ')} else 'OTHER' end`;
}

/** Seconds from start to end, to now while active; `empty` is a condition under which there are none. */
export function durationSeconds(empty = 'false'): string {
  const seconds = `round(extract(epoch from greatest(coalesce(ended_at, ${NOW}) - started_at, interval '0')), 3)`;
  return `(case when ${empty} then 0 else ${seconds} end)::float8`;
}

/** Fields of a look-alike name: `roomName` of `room_name`. */
export function plain(...fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, snakeCase(field)]));
}
