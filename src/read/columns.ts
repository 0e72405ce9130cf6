import { snakeCase } from '../text/snake-case.js';
import { NOW } from './statement.js';

/** API names of an enum, with LiveKit's spelling of each. */
export type Words = ReadonlyMap<string, string>;

export function words(names: readonly string[], spell: (name: string) => string = (name) => name): Words {
  return new Map(names.map((name) => [name, spell(name)]));
}

export function word(column: string, known: Words): string {
  const cases = [...known].map(([name, stored]) => `when '${stored}' then '${name}'`);
  return `case ${column} ${cases.join(' ')} else 'OTHER' end`;
}

/** Until now while open; 0 where `empty` holds. */
export function durationSeconds(empty = 'false'): string {
  const seconds = `round(extract(epoch from greatest(coalesce(ended_at, ${NOW}) - started_at, interval '0')), 3)`;
  return `(case when ${empty} then 0 else ${seconds} end)::float8`;
}

/** Metadata that jsonb holds, as it was sent: jsonb writes numbers out, and pg would round them. */
export const metadataJson = '(case when metadata_json is not null then metadata end)::json';

export function plain(...fields: string[]): Record<string, string> {
  return Object.fromEntries(fields.map((field) => [field, snakeCase(field)]));
}
