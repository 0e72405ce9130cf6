import { exactJson } from '../read/exact-json.js';

export type ExportRows = readonly (readonly unknown[])[];

export interface Format {
  readonly contentType: string;
  readonly head: (columns: readonly string[]) => string;
  readonly lines: (columns: readonly string[], rows: ExportRows) => string;
}

/** RFC 4180. Null is an empty field, an empty text `""`; lists and objects are JSON. Formulas are not escaped. */
const csv: Format = {
  contentType: 'text/csv; charset=utf-8; header=present',
  head: (columns) => record(columns),
  lines: (_columns, rows) => rows.map(record).join(''),
};

const jsonl: Format = {
  contentType: 'application/jsonl; charset=utf-8',
  head: () => '',
  lines: (columns, rows) => {
    const names = columns.map((column) => `${JSON.stringify(column)}:`);
    const object = (row: readonly unknown[]): string => names.map((name, at) => name + exactJson(row[at])).join();
    return rows.map((row) => `{${object(row)}}\n`).join('');
  },
};

export const formats: ReadonlyMap<string, Format> = new Map([
  ['csv', csv],
  ['jsonl', jsonl],
]);

function record(values: readonly unknown[]): string {
  return `${values.map(field).join()}\r\n`;
}

const special = /[",\r\n]/;

function field(value: unknown): string {
  if (value == null) return '';
  const text = typeof value === 'object' ? exactJson(value) : String(value);
  return text === '' || special.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
