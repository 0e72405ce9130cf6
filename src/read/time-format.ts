import pg from 'pg';
import { ExactJson } from './exact-json.js';

const { TIMESTAMPTZ, JSON: JSON_TEXT } = pg.types.builtins;
const exact = (text: string): ExactJson => new ExactJson(text);
const dateOf = pg.types.getTypeParser(TIMESTAMPTZ) as (text: string) => unknown;
const WHOLE = '2026-11-24 10:16:30+00'.length;
/** Endings that complete milliseconds and `Z`, by the number of characters after the seconds. */
const rests = ['.000Z', undefined, '00Z', '0Z', 'Z'];

/** pg's types, except that times have the API's form, and columns of type json are not parsed. */
export const shownTypes: pg.CustomTypesConfig = {
  getTypeParser: (oid, format) => {
    if (oid === TIMESTAMPTZ) return shownTime;
    return oid === JSON_TEXT ? exact : pg.types.getTypeParser(oid, format);
  },
};

/** Edits the text: to_char, or a Date for each, would cost twice as much. */
function shownTime(text: string): string {
  const rest = text.endsWith('+00') ? rests[text.length - WHOLE] : undefined;
  return rest === undefined ? shownElsewhere(text) : `${text.slice(0, 10)}T${text.slice(11, -3)}${rest}`;
}

/** Infinity, or a time in a zone that a proxy has set. */
function shownElsewhere(text: string): string {
  const date = dateOf(text);
  return date instanceof Date ? date.toISOString() : text;
}
