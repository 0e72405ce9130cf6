import type { Sent } from '../../harness/recorded.js';

const clause = /^(select|from|where|((left|cross) )?join|group by|having|order by|limit|union( all)?)\b/i;
/** Words after which what looks like a clause goes on with one. */
const inside = /\b(distinct|left|cross) $/;
const quotation = /^(['"])(?:(?!\1).|\1\1)*\1/;
const subquery = /^\((select|with)\b/i;
/** Such as `exists (select from page offset 50)`. */
const short = /^\([^()]{0,60}\)/;
const WIDTH = 120;

/** A statement to be read: each clause on a line of its own, its values below. */
export function sqlText({ text, values = [] }: Sent): string {
  const notes = values.map((value, at) => `-- $${at + 1} = ${JSON.stringify(value)}\n`);
  const lines = clauses(text.replaceAll(/\s+/g, ' ').replaceAll('( ', '(').trim()).flatMap(parts);
  return `${lines.join('\n')};\n${notes.join('')}`;
}

/** Each clause of a select, deeper where that stands in brackets; what else is in brackets stays whole. */
function clauses(sql: string): string[] {
  const brackets: boolean[] = [];
  const lines = [''];
  for (const { token, at } of tokens(sql)) {
    if (token === '(') brackets.push(subquery.test(sql.slice(at)) && !short.test(sql.slice(at)));
    if (token === ')') brackets.pop();
    const line = lines.at(-1)!;
    const begins = /[\s(]$/.test(line) && brackets.at(-1) !== false && clause.test(sql.slice(at)) && !inside.test(line);
    if (begins) {
      lines.splice(-1, 1, line.trimEnd(), '  '.repeat(brackets.filter(Boolean).length));
    }
    lines.push(lines.pop()! + token);
  }
  return lines;
}

/** A long line's columns and alternatives, each on a line of its own. */
function parts(line: string): string[] {
  if (line.length <= WIDTH) return [line];
  const indent = `${/^ */.exec(line)![0]}    `;
  const lines = [''];
  let depth = 0;
  for (const { token, at } of tokens(line)) {
    if (token === ')') depth--;
    const column = depth === 0 && line.slice(at - 2, at) === ', ';
    const alternative = line[at - 1] === ' ' && line.startsWith('or (', at);
    if (token === '(') depth++;
    if (column || alternative) lines.splice(-1, 1, lines.at(-1)!.trimEnd(), indent);
    lines.push(lines.pop()! + token);
  }
  return lines;
}

/** Quotations, and characters outside of them. */
function* tokens(sql: string): Generator<{ token: string; at: number }> {
  for (let at = 0; at < sql.length;) {
    const token = quotation.exec(sql.slice(at))?.[0] ?? sql[at]!;
    yield { token, at };
    at += token.length;
  }
}
