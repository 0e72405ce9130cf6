import { expect, it } from 'vitest';
import { metadataJson } from './metadata.js';

it.each(['{"tenant":{"id":7}}', '12345678901234567890.5', '"\\ud83d\\ude00"', '[1e10]', '{"path":"C:\\\\u0000"}'])(
  'keeps %s as it is',
  (metadata) => {
    expect(metadataJson(metadata)).toBe(metadata);
  },
);

it.each([
  null,
  'plain text',
  '{"a":"\\u0000"}',
  '{"a":"\\ud800"}',
  '[1e99999999]',
  `${'['.repeat(600)}${']'.repeat(600)}`,
])('takes %s for text only', (metadata) => {
  expect(metadataJson(metadata)).toBeNull();
});
