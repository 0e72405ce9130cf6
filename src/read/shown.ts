import pg from 'pg';

const { TIMESTAMPTZ } = pg.types.builtins;
const dateOf = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => unknown;
const WHOLE = '2026-11-24 10:16:30+00'.length;
/** Completes the milliseconds, by the length beyond whole seconds. */
const rests = ['.000Z', undefined, '00Z', '0Z', 'Z'];

/** pg's types, but times as the API shows them. */
export const shownTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === TIMESTAMPTZ ? shownTime : pg.types.getTypeParser(oid, format)),
};

/** From Postgres' text to the millisecond. to_char, or a Date each, would cost twice as much. */
function shownTime(text: string): string {
  const rest = text.endsWith('+00') ? rests[text.length - WHOLE] : undefined;
  return rest === undefined ? shownElsewhere(text) : `${text.slice(0, 10)}T${text.slice(11, -3)}${rest}`;
}

/** Infinity, or a time in a zone that something between Postgres and the service has set. */
function shownElsewhere(text: string): string {
  const date = dateOf(text);
  return date instanceof Date ? date.toISOString() : text;
}
