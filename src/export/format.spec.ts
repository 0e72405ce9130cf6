import { describe, expect, it } from 'vitest';
import { formats } from './format.js';

const columns = ['a', 'b,"c"'];

describe('CSV', () => {
  const csv = formats.get('csv')!;
  const cases: Record<string, [value: unknown, field: string]> = {
    null: [null, ''],
    'what was not measured': [undefined, ''],
    'an empty text': ['', '""'],
    'a text': ['ann', 'ann'],
    spaces: [' a b ', ' a b '],
    'a comma': ['a,b', '"a,b"'],
    'a quote': ['a"b', '"a""b"'],
    'line ends': ['a\r\nb', '"a\r\nb"'],
    'a line feed': ['\n', '"\n"'],
    'a formula, which stays data': ['=1+1', '=1+1'],
    'other scripts': ['Zoë 🙂', 'Zoë 🙂'],
    'a number': [1.5, '1.5'],
    nought: [0, '0'],
    'yes and no': [false, 'false'],
    'a list': [['a', 'b'], '"[""a"",""b""]"'],
    'an empty list': [[], '[]'],
    'an object': [{ a: 1 }, '"{""a"":1}"'],
  };
  it.each(Object.entries(cases))('writes %s', (_what, [value, field]) => {
    expect(csv.lines(columns, [[value, 1]])).toBe(`${field},1\r\n`);
  });

  it('begins with a header line', () => {
    expect(csv.head(columns)).toBe('a,"b,""c"""\r\n');
    expect(csv.lines(columns, [])).toBe('');
  });
});

describe('JSON lines', () => {
  const jsonl = formats.get('jsonl')!;

  it('are an object each', () => {
    expect(jsonl.head(columns)).toBe('');
    const rows = [
      ['x\n', null],
      [[1], { a: 'b' }],
    ];
    expect(jsonl.lines(columns, rows)).toBe('{"a":"x\\n","b,\\"c\\"":null}\n{"a":[1],"b,\\"c\\"":{"a":"b"}}\n');
  });
});
