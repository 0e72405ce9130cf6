import { parseArgs } from 'node:util';
import { signToken } from '../access/sign-token.js';
import { type Environment, readSettings } from '../settings/settings.js';
import { duration } from '../settings/values.js';
import { readOption } from './option.js';
import { signingKey } from './signing-key.js';

const options = {
  room: { type: 'string' },
  key: { type: 'string' },
  ttl: { type: 'string', default: '1h' },
} as const;

export interface AccessToken {
  readonly token: string;
  readonly link: string;
}

/** A token to look at the key's whole project, or with `--room` at that room name only; LiveKit takes it for nothing. */
export async function accessToken(args: readonly string[], env: Environment, now: number): Promise<AccessToken> {
  const { room, key, ttl } = parseArgs({ args: [...args], options }).values;
  const settings = readSettings(env);
  const signer = { ...signingKey(settings, key), now, ttlSeconds: Math.ceil(readOption('ttl', ttl, duration) / 1000) };
  const token = await signToken({ roomledger: { read: true, ...(room !== undefined && { room }) } }, signer);
  return { token, link: `http://${nameOf(settings.host)}:${settings.port}/#token=${token}` };
}

function nameOf(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}
