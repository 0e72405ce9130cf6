import { expect, test } from 'vitest';
import { ExactJson, exactJson } from './exact-json.js';

test.each(['1546130668394913822', '{"orgId":1546130668394913822}', '0.12345678901234567890', '1e400', '-0', '"a"'])(
  '%s is written as it is',
  (text) => {
    expect(exactJson({ a: [new ExactJson(text)], b: new ExactJson('2') })).toBe(`{"a":[${text}],"b":2}`);
  },
);

test('stays on one line', () => {
  expect(exactJson(new ExactJson('{\r\n  "a": "\\n"\n}'))).toBe('{  "a": "\\n"}');
});

test('other values are written as JSON.stringify writes them', () => {
  const value = { a: [null, 'x"', undefined], b: new Date(0), c: undefined };
  expect(exactJson(value)).toBe(JSON.stringify(value));
});
