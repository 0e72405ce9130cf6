import { snakeCase } from '../text/snake-case.js';
import { isObject, type Json, type JsonObject } from './json.js';

export const REDACTED = '[redacted]';

/** LiveKit has already cut these: `{access_key}`, `{ab...yz}`. */
const alreadyCut = /^\{(?:[a-z_]+|.{0,3}\.\.\..{0,3})\}$/;

/** Of S3Upload, GCPUpload, AzureBlobUpload, AliOSSUpload and ProxyConfig. */
const egressSecrets = bothSpellings([
  'accessKey',
  'secret',
  'sessionToken',
  'assumeRoleExternalId',
  'credentials',
  'accountName',
  'accountKey',
  'username',
  'password',
]);
const ingressSecrets = bothSpellings(['streamKey']);
const roomSecrets = bothSpellings(['turnPassword']);

/** Written by the sender, so no name in them makes a secret of LiveKit's. */
const senderTexts = bothSpellings([
  'metadata',
  'attributes',
  'name',
  'participantMetadata',
  'participantName',
  'participantIdentity',
]);

function bothSpellings(names: string[]): Set<string> {
  return new Set(names.flatMap((name) => [name, snakeCase(name)]));
}

/** Redacts LiveKit's secrets in place (docs/design.md section 4), also in events that cannot be projected. */
export function redact(event: JsonObject): JsonObject {
  hideFields(event['room'], roomSecrets);
  if (isObject(event['job'])) hideFields(event['job']['room'], roomSecrets);
  for (const info of [event['ingressInfo'], event['ingress_info']]) redactTree(info, ingressSecrets);
  for (const info of [event['egressInfo'], event['egress_info']]) redactTree(info, egressSecrets);
  return event;
}

function hideFields(message: Json | undefined, secrets: Set<string>): void {
  if (!isObject(message)) return;
  for (const key of Object.keys(message)) if (secrets.has(key)) message[key] = hidden(message[key]);
}

function hidden(value: Json | undefined): Json {
  if (value === undefined || value === null || value === '') return value ?? null;
  return typeof value === 'string' && alreadyCut.test(value) ? value : REDACTED;
}

function redactTree(value: Json | undefined, secrets: Set<string>): void {
  if (Array.isArray(value)) {
    for (const [index, inner] of value.entries()) {
      if (typeof inner === 'string') value[index] = redactUrls(inner);
      else redactTree(inner, secrets);
    }
  } else if (isObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (secrets.has(key)) value[key] = hidden(inner);
      else if (senderTexts.has(key)) continue;
      else if (typeof inner === 'string') value[key] = redactUrls(inner);
      else redactTree(inner, secrets);
    }
  }
}

const url = /\b([a-z][a-z0-9+.-]*):\/\/([^\s"'<>`]+)/gi;

/** Hides the secret parts of all URLs in a text, which may be a destination or an error message. */
export function redactUrls(text: string): string {
  return text.includes('://') ? text.replace(url, (_, scheme: string, rest: string) => redactUrl(scheme, rest)) : text;
}

function redactUrl(scheme: string, rest: string): string {
  const kind = scheme.toLowerCase();
  if (kind === 'mux' || kind === 'twitch') return `${scheme}://${hidden(rest)}`;
  const tail = rest.replace(/^[^/?#]*@/, `${REDACTED}@`);
  if (kind === 'rtmp' || kind === 'rtmps') return `${scheme}://${hideLastSegment(tail)}`;
  if (kind === 'srt') return `${scheme}://${tail.replace(/([?&](?:streamid|passphrase)=)([^&#]*)/gi, hideParameter)}`;
  return `${scheme}://${tail}`;
}

/** The stream key is the last path segment, with its query. */
function hideLastSegment(tail: string): string {
  const path = tail.split(/[?#]/, 1)[0] ?? '';
  const slash = path.lastIndexOf('/');
  if (slash < 0) return tail;
  const key = tail.slice(slash + 1);
  return tail.slice(0, slash + 1) + String(hidden(key));
}

function hideParameter(_: string, name: string, value: string): string {
  return name + String(hidden(value));
}
