import { parseArgs } from 'node:util';
import { signToken } from '../access/sign-token.js';
import { type Environment, readSettings } from '../settings/settings.js';
import { duration } from '../settings/values.js';
import { readOption } from './option.js';
import { signingKey } from './signing-key.js';

const options = {
  room: { type: 'string' },
  key: { type: 'string' },
  ttl: { type: 'string', default: '6h' },
} as const;

/** A token for queries on the key's whole project, or with `--room` on that room name only. */
export async function accessToken(args: readonly string[], env: Environment, now: number): Promise<string> {
  const { room, key, ttl } = parseArgs({ args: [...args], options }).values;
  const video = room === undefined ? { roomList: true } : { roomAdmin: true, room };
  const signer = signingKey(readSettings(env), key);
  return signToken({ video }, { ...signer, now, ttlSeconds: Math.ceil(readOption('ttl', ttl, duration) / 1000) });
}
