import { type Hidden, isCut, REDACTED } from './hidden.js';

/** Parameters that tell how, and nothing secret. */
const harmless = new Set(
  'layout mode latency transtype pbkeylen pkt_size timeout width height fps bitrate lang'.split(' '),
);
const harmlessValue = /^[A-Za-z0-9_.-]{1,32}$/;
const secretName = /stream|pass|secret|token|key|sig|auth|cred/i;

type Target = 'anything' | 'file';

/** Hides the secret parts of a text that is a URL, or a host and what follows it. */
export function redactUrl(text: string, hidden: Hidden): string {
  const scheme = /^(?:[\w.+-]+:[/\\]{2}|(?:rtm\w+|srt|mux|twitch):)[/\\]*/i.exec(text)?.[0];
  if (scheme !== undefined) return redactParts({ scheme, rest: text.slice(scheme.length) }, hidden);
  const found = text.indexOf('://');
  const start = found < 0 ? 0 : schemeStart(text, found, 0);
  const before = text.slice(0, start);
  if (found < 0 || /[@?#:]/.test(before)) return redactParts({ scheme: '', rest: text }, hidden);
  return before + redactParts({ scheme: text.slice(start, found + 3), rest: text.slice(found + 3) }, hidden);
}

export function redactLocation(text: string, hidden: Hidden): string {
  const found = text.indexOf('://');
  if (found < 0) return redactPath(text, hidden);
  if (schemeStart(text, found, 0) > 0) return redactText(text, hidden);
  return redactParts({ scheme: text.slice(0, found + 3), rest: text.slice(found + 3), target: 'file' }, hidden);
}

export function redactText(text: string, hidden: Hidden): string {
  let found = text.indexOf('://');
  if (found < 0) return text;
  const pieces: string[] = [];
  let done = 0;
  for (; found >= 0; found = text.indexOf('://', done)) {
    const start = schemeStart(text, found, done);
    const end = urlEnd(text, found + 3);
    pieces.push(
      text.slice(done, start),
      redactParts({ scheme: text.slice(start, found + 3), rest: text.slice(found + 3, end) }, hidden),
    );
    done = end;
  }
  return pieces.join('') + text.slice(done);
}

function schemeStart(text: string, found: number, least: number): number {
  let start = found;
  while (start > least && /[\w.+-]/.test(text.charAt(start - 1))) start--;
  return start;
}

function urlEnd(text: string, start: number): number {
  let end = start;
  while (end < text.length && text.charCodeAt(end) > 0x20) end++;
  while (end > start && '"\'`<>),.;:'.includes(text.charAt(end - 1))) end--;
  return end;
}

interface Parts {
  readonly scheme: string;
  readonly rest: string;
  readonly target?: Target;
}

function redactParts({ scheme, rest, target = 'anything' }: Parts, hidden: Hidden): string {
  const kind = scheme.replace(/[:/\\]+$/, '').toLowerCase();
  const at = userInfoEnd(rest, target);
  if (at === 'unclear') hideUser(rest.slice(0, rest.lastIndexOf('@')), hidden);
  if (at === 'unclear' || /(?:mux|twitch)$/.test(kind)) return scheme + hideSecret(rest, hidden);
  const user = at > 0 ? `${hideUser(rest.slice(0, at - 1), hidden)}@` : '';
  const place = rest.slice(at);
  if (/rtm(?:p|fp)[a-z]{0,2}$/.test(kind)) return scheme + user + hideStreamKey(place, hidden);
  return scheme + user + (kind.endsWith('srt') ? hideSrt(place, hidden) : hideParameters(place, hidden, target));
}

const port = /:\d{1,5}$/;
const hostAndPort = /^(?:\[[\da-f:.]*\]|[^:.]*\.[^:]*|localhost):\d{1,5}$/i;

/**
 * Where the user info ends, after its `@`. A password may hold what should end it. Where a URL can be read in two
 * ways, with a secret in one of them, that is unclear.
 */
function userInfoEnd(rest: string, target: Target): number | 'unclear' {
  const last = rest.lastIndexOf('@');
  if (last < 0) return 0;
  const end = rest.search(/[/\\?#]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  const inside = authority.lastIndexOf('@');
  if (inside === last) return last + 1;
  if (inside >= 0) return target === 'file' ? inside + 1 : 'unclear';
  if (!authority.includes(':') || hostAndPort.test(authority)) return 0;
  if (port.test(authority)) return target === 'file' ? 0 : 'unclear';
  return rest.indexOf('@') === last ? last + 1 : 'unclear';
}

function hideUser(user: string, hidden: Hidden): string {
  const colon = user.indexOf(':');
  if (colon >= 0) hidden.addSecret(user.slice(colon + 1));
  hidden.addWord(colon < 0 ? user : user.slice(0, colon));
  return REDACTED;
}

function hideSecret(value: string, hidden: Hidden): string {
  if (isCut(value)) return value;
  hidden.addSecret(value);
  return REDACTED;
}

/** From the last segment of the path on. LiveKit leaves a ` live=1` behind its cut. */
function hideStreamKey(place: string, hidden: Hidden): string {
  const host = endOf(place, /[/\\?#\s]/);
  const path = place.slice(0, streamPathEnd(place, host));
  let end = path.length;
  while (end > host && isSlash(path[end - 1])) end--;
  let start = end;
  while (start > host && !isSlash(path[start - 1])) start--;
  if (start === end) start = /[?#\s]/.test(place.charAt(path.length)) ? path.length + 1 : path.length;
  const key = place.slice(start);
  if (isCut(key) || (key.endsWith(' live=1') && isCut(key.slice(0, -7)))) return place;
  // A path of one segment may be an application's, with the key elsewhere. A key may hold a slash.
  if (start <= host + 1) hidden.addWord(path.slice(start, end));
  else hidden.addSecret(path.slice(start, end));
  const application = endOf(path.slice(host + 1), /[/\\]/) + host + 2;
  if (application < start) hidden.addSecret(place.slice(application));
  for (const part of key.slice(Math.max(end - start, 0)).split(/[?&;#\s]/)) hidden.addSecret(valueOf(part));
  hidden.addSecret(key);
  return place.slice(0, start) + REDACTED;
}

function streamPathEnd(place: string, host: number): number {
  const nested = place.indexOf('://', host);
  const end = host + endOf(place.slice(host), /[?#\s]/);
  return nested >= 0 && nested < end ? schemeStart(place, nested, host) : end;
}

function endOf(text: string, stop: RegExp): number {
  const at = text.search(stop);
  return at < 0 ? text.length : at;
}

function isSlash(character: string | undefined): boolean {
  return character === '/' || character === '\\';
}

function valueOf(pair: string): string {
  return pair.slice(pair.indexOf('=') + 1);
}

function hideSrt(place: string, hidden: Hidden): string {
  const start = endOf(place, /[?;#]/);
  return hideParameters(place.slice(0, start) + place.slice(start).replace(/^;/, '?'), hidden);
}

function withParts(value: string): string[] {
  return [value, ...value.split(/[,&]/).map(valueOf)];
}

function hideParameters(place: string, hidden: Hidden, target: Target = 'anything'): string {
  const hash = endOf(place, /#/);
  const mark = Math.min(hash, endOf(place, /\?/));
  const path = target === 'file' ? place.slice(0, mark) : hideNested(place.slice(0, mark), hidden);
  const query = place.slice(mark + 1, hash);
  const fragment = place.slice(hash + 1);
  return (
    path +
    (mark < hash ? `?${hidePairs(query, place.slice(hash), hidden)}` : '') +
    (hash < place.length ? `#${hideFragment(fragment, hidden)}` : '')
  );
}

/** Of srt it is a part of the stream id: `streamid=#!::u=name,s=key`. */
function hideFragment(fragment: string, hidden: Hidden): string {
  if (isCut(fragment)) return fragment;
  for (const part of withParts(fragment)) hidden.addWord(part);
  return REDACTED;
}

/** `after` is what follows the query. A value may go on behind what should end it: that is searched for too. */
function hidePairs(query: string, after: string, hidden: Hidden): string {
  let at = 0;
  let found = 0;
  const pairs = query.split(/([&;])/).map((pair, index) => {
    const redacted = index % 2 === 0 ? hidePair(pair, hidden) : pair;
    const tail = query.slice(at + pair.length) + after;
    if (redacted !== pair && tail !== '' && found++ < MAX_TAILS) hidden.addSecret(valueOf(pair) + tail);
    at += pair.length;
    return redacted;
  });
  return pairs.join('');
}

const MAX_TAILS = 4;

function hidePair(pair: string, hidden: Hidden): string {
  const equals = pair.indexOf('=');
  const name = pair.slice(0, Math.max(equals, 0));
  const value = pair.slice(equals + 1);
  if (isCut(pair) || (equals > 0 && value !== '' && isCut(value))) return pair;
  if (harmless.has(name.toLowerCase()) && harmlessValue.test(value)) return pair;
  // The `=` at the end of Base64 makes no name of it.
  const named = equals > 0 && /[^=]/.test(value);
  const secret = named ? value : pair;
  // What leads elsewhere is no word: it would be hidden in every other URL.
  if (secretName.test(name)) for (const part of withParts(secret)) hidden.addSecret(part);
  else if (!secret.includes('://')) hidden.addWord(secret);
  return named ? `${name}=${REDACTED}` : REDACTED;
}

/** A path may go on with another URL, or have parameters: `/a;session=b/c`. */
function hideNested(path: string, hidden: Hidden): string {
  const nested = path.indexOf('://');
  if (nested >= 0) return path.slice(0, nested + 3) + hideSecret(path.slice(nested + 3), hidden);
  if (!path.includes(';')) return path;
  const [first = '', ...others] = path.split(';');
  return [first, ...others.map((part) => hideOwnParameter(part, hidden))].join(';');
}

function hideOwnParameter(part: string, hidden: Hidden): string {
  const end = endOf(part, /[/\\]/);
  return hidePair(part.slice(0, end), hidden) + part.slice(end);
}

/** A file's path, which may have the query of the URL it was. */
function redactPath(path: string, hidden: Hidden): string {
  const mark = path.indexOf('?');
  return mark >= 0 && path.includes('=', mark)
    ? path.slice(0, mark + 1) + hidePairs(path.slice(mark + 1), '', hidden)
    : path;
}
