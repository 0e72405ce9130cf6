import { randomUUID } from 'node:crypto';

/** JSON that is sent as it is: parsed, its long numbers would be rounded. */
export class ExactJson {
  /** On one line: JSON has line breaks only between its tokens. */
  readonly text: string;

  constructor(text: string) {
    this.text = text.replace(/[\r\n]/g, '');
  }

  toJSON(): string {
    return `${mark}${pending.push(this.text) - 1}`;
  }
}

/** Begins the texts that stand for JSON while the rest is written. Nobody else knows it. */
const mark = randomUUID();
const marked = new RegExp(`"${mark}(\\d+)"`, 'g');
let pending: string[] = [];

/** As `JSON.stringify`; Node 20 has no `JSON.rawJSON`. */
export function exactJson(value: unknown): string {
  pending = [];
  return withExact(JSON.stringify(value));
}

/** What another writer has made with `JSON.stringify`, in this turn, of values that hold exact JSON. */
export function withExact(json: string): string {
  const texts = pending;
  pending = [];
  return texts.length === 0 ? json : json.replace(marked, (_, at: string) => texts[Number(at)]!);
}
