import pg from 'pg';

const { TIMESTAMPTZ } = pg.types.builtins;
const WHOLE = '2026-11-24 10:16:30+00'.length;
/** What completes the milliseconds, by how much longer than a whole second the text is. */
const rests = ['.000Z', undefined, '00Z', '0Z', 'Z'];

/** How pg reads values, but for times: as the API shows them. */
export const shownTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => (oid === TIMESTAMPTZ ? shownTime : pg.types.getTypeParser(oid, format)),
};

/**
 * A time from Postgres' own words for it, to the millisecond and in UTC: `2026-11-24 10:16:30.25+00`. Its to_char, or
 * a Date for each, would cost about twice as much.
 */
function shownTime(text: string): string {
  const rest = rests[text.length - WHOLE];
  return rest === undefined ? text : `${text.slice(0, 10)}T${text.slice(11, -3)}${rest}`;
}
