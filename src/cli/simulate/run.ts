import { parseArgs } from 'node:util';
import { type Environment, readSettings } from '../../settings/settings.js';
import { duration, whole } from '../../settings/values.js';
import { readOption } from '../option.js';
import { signingKey } from '../signing-key.js';
import { play } from './play.js';
import { type SendReport, send } from './send.js';

const options = {
  rate: { type: 'string', default: '50' },
  count: { type: 'string', default: '1000' },
  rooms: { type: 'string', default: '10' },
  span: { type: 'string', default: '1h' },
  seed: { type: 'string' },
  url: { type: 'string' },
  key: { type: 'string' },
} as const;

/** Plays rooms against a running service. Their events are spread over `span`, which ends now. */
export async function simulate(args: readonly string[], env: Environment, now: number): Promise<SendReport> {
  const given = parseArgs({ args: [...args], options }).values;
  const settings = readSettings(env);
  const { key, secret } = signingKey(settings, given.key);
  const messages = play({
    seed: given.seed === undefined ? now : readOption('seed', given.seed, whole(0, 2 ** 31)),
    rooms: readOption('rooms', given.rooms, whole(1, 10_000)),
    count: readOption('count', given.count, whole(1, 10_000_000)),
    from: now - readOption('span', given.span, duration),
    to: now,
  });
  const url = given.url ?? `http://127.0.0.1:${settings.port}`;
  const rate = readOption('rate', given.rate, whole(1, 100_000));
  return send(messages, { url: url.replace(/\/+$/, ''), key, secret, rate });
}

export function report({ sent, accepted, refused, firstRefusal, latencies }: SendReport): string {
  const at = (part: number): string => `${latencies[Math.floor((latencies.length - 1) * part)]!.toFixed(1)} ms`;
  const counts = `sent ${sent}, accepted ${accepted}, refused ${refused}; answered in ${at(0.5)} (p50), ${at(0.99)} (p99)`;
  return firstRefusal === null ? counts : `${counts}\nfirst refusal: ${firstRefusal}`;
}
