import pg from 'pg';

const { TIMESTAMPTZ } = pg.types.builtins;
const dateOf = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => unknown;
const WHOLE = '2026-11-24 10:16:30+00'.length;
/** What completes the milliseconds, by how much longer than a whole second the text is. */
const rests = ['.000Z', undefined, '00Z', '0Z', 'Z'];

/** How pg reads values, but for times: as the API shows them. */
export const shownTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === TIMESTAMPTZ ? shownTime : pg.types.getTypeParser(oid, format)),
};

/**
 * A time from Postgres' own words for it, to the millisecond: `2026-11-24 10:16:30.25+00`. Its to_char, or a Date
 * for each, would cost about twice as much.
 */
function shownTime(text: string): string {
  const rest = text.endsWith('+00') ? rests[text.length - WHOLE] : undefined;
  return rest === undefined ? shownElsewhere(text) : `${text.slice(0, 10)}T${text.slice(11, -3)}${rest}`;
}

/** Infinity, or a time of a zone that something between Postgres and us has set. */
function shownElsewhere(text: string): string {
  const date = dateOf(text);
  return date instanceof Date ? date.toISOString() : text;
}
