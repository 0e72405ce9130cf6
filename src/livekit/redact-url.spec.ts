import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Hidden } from './hidden.js';
import { redactLocation, redactText, redactUrl } from './redact-url.js';

const url = (text: string) => redactUrl(text, new Hidden());
const location = (text: string) => redactLocation(text, new Hidden());
const text = (text: string) => redactText(text, new Hidden());

describe('redactUrl', () => {
  it.each([
    // From the last segment of the path on.
    ['rtmp://live.example.com/app/key?auth=1', 'rtmp://live.example.com/app/[redacted]'],
    ['rtmp://h:1935/app/instance/key', 'rtmp://h:1935/app/instance/[redacted]'],
    ['rtmps://u:p@h:443/x/key', 'rtmps://[redacted]@h:443/x/[redacted]'],
    ['rtmp://h/app/key/', 'rtmp://h/app/[redacted]'],
    ['rtmp://h/app/key//?a=b/c', 'rtmp://h/app/[redacted]'],
    ['rtmp://h/app/"key', 'rtmp://h/app/[redacted]'],
    ['rtmp://h/app/<key', 'rtmp://h/app/[redacted]'],
    ['rtmp://h/app/`key', 'rtmp://h/app/[redacted]'],
    ["rtmp://h/app/'key", 'rtmp://h/app/[redacted]'],
    ['rtmp://h/app/ key', 'rtmp://h/[redacted]'],
    ['rtmp://h/app/key live=1 pageUrl=http://a/b', 'rtmp://h/app/[redacted]'],
    ['rtmp://h/app/key#more/less', 'rtmp://h/app/[redacted]'],
    ['rtmp://h?key=key', 'rtmp://h?[redacted]'],
    ['rtmp://h#key', 'rtmp://h#[redacted]'],
    ['rtmp://h/key', 'rtmp://h/[redacted]'],
    ['rtmp://host', 'rtmp://host'],
    ['rtmp://h/', 'rtmp://h/'],
    ['rtmpt://h/app/key', 'rtmpt://h/app/[redacted]'],
    ['rtmpe://h/app/key', 'rtmpe://h/app/[redacted]'],
    ['rtmpte://h/app/key', 'rtmpte://h/app/[redacted]'],
    ['rtmfp://h/app/key', 'rtmfp://h/app/[redacted]'],
    ['RTMP://h/app/key', 'RTMP://h/app/[redacted]'],
    ['rtmp:/h/app/key', 'rtmp:/h/app/[redacted]'],
    ['rtmp:\\\\h\\app\\key', 'rtmp:\\\\h\\app\\[redacted]'],
    ['1rtmp://h/app/key', '1rtmp://h/app/[redacted]'],
    ['_rtmp://h/app/key', '_rtmp://h/app/[redacted]'],
    [' "rtmp://h/app/key', ' "rtmp://h/app/[redacted]'],
    ['rtmp://a/b/key,rtmp://c/d/e', 'rtmp://a/b/[redacted]'],
    ['https://relay/rtmp://h/app/key', 'https://relay/rtmp://[redacted]'],
    ['mux://key', 'mux://[redacted]'],
    ['twitch://live_1_abc', 'twitch://[redacted]'],
    ['mux:key', 'mux:[redacted]'],
    // Stream id and passphrase, in each of their forms.
    [
      'srt://h:9000?streamid=abc&mode=caller&passphrase=p',
      'srt://h:9000?streamid=[redacted]&mode=caller&passphrase=[redacted]',
    ],
    ['srt://h?streamid=#!::u=a,s=key', 'srt://h?[redacted]#[redacted]'],
    ['srt://h?streamid=%23!::u=a,s=key&latency=200', 'srt://h?streamid=[redacted]&latency=200'],
    ['srt://h;passphrase=key', 'srt://h?passphrase=[redacted]'],
    ['srt://h?mode=caller;passphrase=key', 'srt://h?mode=caller;passphrase=[redacted]'],
    ['srt://h?passphrase=ab#cd&mode=caller', 'srt://h?passphrase=[redacted]#[redacted]'],
    ['SRT://h?StreamID=key', 'SRT://h?StreamID=[redacted]'],
    // User info, which may hold what should end it.
    ['https://user:pass@example.com/a/b?c=d', 'https://[redacted]@example.com/a/b?c=[redacted]'],
    ['https://token@example.com/a', 'https://[redacted]@example.com/a'],
    ['https://u:p/w@h/x', 'https://[redacted]@h/x'],
    ['https://u:p?w@h/x', 'https://[redacted]@h/x'],
    ['https://u:p#w@h/x', 'https://[redacted]@h/x'],
    ['https://u:p@w@h/x', 'https://[redacted]@h/x'],
    ['https://u:12/34@h/x', 'https://[redacted]'],
    ['https://u:p@w/x@h/y', 'https://[redacted]'],
    ['https://u:p@[::1]:80/x', 'https://[redacted]@[::1]:80/x'],
    ['rtmp://h/app/key@1935', 'rtmp://h/app/[redacted]'],
    ['rtmp://h.example:1935/app/k@y', 'rtmp://h.example:1935/app/[redacted]'],
    ['https://example.com/a@b', 'https://example.com/a@b'],
    ['https://example.com:8443/a@b', 'https://example.com:8443/a@b'],
    ['u:pw@p:3128', '[redacted]@p:3128'],
    ['u:p/w@p:3128', '[redacted]@p:3128'],
    ['minio:9000', 'minio:9000'],
    ['proxy.example.com:3128', 'proxy.example.com:3128'],
    // Fragment, and the values of the query.
    ['wss://h/x?token=key&layout=grid', 'wss://h/x?token=[redacted]&layout=grid'],
    ['https://h/x?key', 'https://h/x?[redacted]'],
    ['https://h/x?a2V5a2V5==', 'https://h/x?[redacted]'],
    ['https://h/x?layout=grid#key', 'https://h/x?layout=grid#[redacted]'],
    ['https://h/x?layout=grid of key', 'https://h/x?layout=[redacted]'],
    ['https://h/x?u=rtmp://h/app/key', 'https://h/x?u=[redacted]'],
    ['https://h/a;session=key/b', 'https://h/a;session=[redacted]/b'],
    ['h/x?token=key', 'h/x?token=[redacted]'],
    ['https://h/x', 'https://h/x'],
    // LiveKit's own cuts.
    ['rtmp://a/app/{ab...yz}', 'rtmp://a/app/{ab...yz}'],
    ['rtmp://a/app/{...} live=1', 'rtmp://a/app/{...} live=1'],
    ['mux://{8e0...2ae}', 'mux://{8e0...2ae}'],
    ['srt://h:9999?streamid={...}&passphrase={...}', 'srt://h:9999?streamid={...}&passphrase={...}'],
    ['rtmp://a/app/{hunter2}', 'rtmp://a/app/[redacted]'],
    ['rtmp://a/app/{hunter...2}', 'rtmp://a/app/[redacted]'],
    ['not a url', 'not a url'],
  ])('turns %s into %s', (before, after) => {
    expect(url(before)).toBe(after);
    expect(url(after)).toBe(after);
  });
});

describe('redactLocation', () => {
  it.each([
    [
      'https://b.s3.amazonaws.com/rec/a b.mp4?X-Amz-Signature=key',
      'https://b.s3.amazonaws.com/rec/a b.mp4?X-Amz-Signature=[redacted]',
    ],
    [
      'https://a.blob.core.windows.net/c/x.mp4?sv=2022&sig=key',
      'https://a.blob.core.windows.net/c/x.mp4?sv=[redacted]&sig=[redacted]',
    ],
    ['https://u:p@minio:9000/rec/alice@example.com.mp4', 'https://[redacted]@minio:9000/rec/alice@example.com.mp4'],
    ['http://minio:9000/rec/alice@example.com.mp4', 'http://minio:9000/rec/alice@example.com.mp4'],
    ['s3://recordings/rec/x.mp4', 's3://recordings/rec/x.mp4'],
    ['rec/a;b=c@d:e#1.mp4', 'rec/a;b=c@d:e#1.mp4'],
    ['rec/what?.mp4', 'rec/what?.mp4'],
    ['b/x.mp4?X-Amz-Signature=key', 'b/x.mp4?X-Amz-Signature=[redacted]'],
    ['C:\\out\\x.mp4', 'C:\\out\\x.mp4'],
    ['"https://u:p@h/x', '"https://[redacted]@h/x'],
  ])('turns %s into %s', (before, after) => {
    expect(location(before)).toBe(after);
    expect(location(after)).toBe(after);
  });
});

describe('redactText', () => {
  it.each([
    ['no url at all', 'no url at all'],
    [
      'could not reach "rtmp://a.example/app/key": refused',
      'could not reach "rtmp://a.example/app/[redacted]": refused',
    ],
    ['invalid url rtmp://h/app/k"<`\'ey: bad', 'invalid url rtmp://h/app/[redacted]: bad'],
    ['x_rtmp://h/app/key failed', 'x_rtmp://h/app/[redacted] failed'],
    [
      '(https://u:p@h/x), then srt://h?passphrase=key.',
      '(https://[redacted]@h/x), then srt://h?passphrase=[redacted].',
    ],
    ['a://b c://d:e@f', 'a://b c://[redacted]@f'],
    ['://', '://'],
  ])('turns %s into %s', (before, after) => {
    expect(text(before)).toBe(after);
    expect(text(after)).toBe(after);
  });
});

const piece = fc.oneof(
  fc.constantFrom(
    '://',
    'rtmp',
    'rtmp://',
    'https://',
    'srt://',
    'mux:',
    '@',
    ':',
    '/',
    '\\',
    '?',
    '#',
    '&',
    ';',
    '=',
    ' ',
  ),
  fc.constantFrom(
    '[redacted]',
    '{ab...yz}',
    '"',
    '.',
    ',',
    'a',
    'host.example',
    ':80',
    'live=1',
    'layout=grid',
    '[',
    ']',
    '%',
  ),
  fc.string({ maxLength: 4 }),
);
const jumble = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));

it.each([
  ['redactUrl', url],
  ['redactLocation', location],
  ['redactText', text],
])('%s has nothing more to hide in what it made', (_, redacted) => {
  fc.assert(
    fc.property(jumble, (before) => {
      const after = redacted(before);
      expect(redacted(after)).toBe(after);
    }),
    { numRuns: 3000 },
  );
});

it.each([
  ['redactUrl', url],
  ['redactLocation', location],
  ['redactText', text],
])('%s takes time in proportion to its text', (_, redacted) => {
  for (const part of [
    'a',
    '.',
    '://',
    'a://',
    '@',
    ':@',
    '/',
    '?',
    '&',
    ';a=',
    '#',
    ' ',
    'rtmp://',
    'a.',
    'rtmp://h/a ',
    '"',
  ]) {
    for (const start of ['', 'rtmp://h/', 'https://', 'srt://h?', 'u:']) {
      const began = performance.now();
      redacted(start + part.repeat(2 ** 17 / part.length));
      expect(performance.now() - began).toBeLessThan(1000);
    }
  }
});
