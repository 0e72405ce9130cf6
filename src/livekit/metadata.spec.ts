import { expect, it } from 'vitest';
import { metadataJson } from './metadata.js';

it.each([
  '{"tenant":{"id":7}}',
  '12345678901234567890.5',
  '"\\ud83d\\ude00"',
  '[1e10]',
  '[1e999,-1.5E-999,2e+5]',
  '{"path":"C:\\\\u0000"}',
  '"\\u00e1"',
  '{"id":"4e310014-dd7b","1e9999":"\\"1e9999"}',
  `[${'1'.repeat(999)},${'2'.repeat(999)}]`,
])('keeps %s as it is', (metadata) => {
  expect(metadataJson(metadata)).toBe(metadata);
});

it.each([
  null,
  'plain text',
  '{"a":"\\u0000"}',
  '{"a":"\\ud800"}',
  '[1e99999999]',
  '[1E-1000]',
  '["\\"",1e9999]',
  '["\\\\",1e9999]',
  '{"a":"\\uDBFF"}',
  '{"a":"\\ude00\\ud83d"}',
  `[${'1'.repeat(1000)}]`,
  `${'['.repeat(600)}${']'.repeat(600)}`,
])('takes %s for text only', (metadata) => {
  expect(metadataJson(metadata)).toBeNull();
});

it.each(['1', '1e', '\\\\', '\\u00e1', '\\ud83d\\ude00', ' '])('looks at a lot of %j in no time', (part) => {
  const began = performance.now();
  metadataJson(`"${part.repeat(2 ** 19 / part.length)}"`);
  expect(performance.now() - began).toBeLessThan(1000);
});
