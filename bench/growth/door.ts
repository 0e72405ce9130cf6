import type { Pool } from 'pg';
import { signToken } from '../../src/access/sign-token.js';
import { Ledgers } from '../../src/ledgers/ledgers.service.js';
import { createServer } from '../../src/server.js';
import { systemClock } from '../../src/settings/clock.js';
import { readSettings } from '../../src/settings/settings.js';
import { apiKey } from '../support/requests.js';

/** The service in this process, asked without a socket. */
export interface Door {
  /** What it asks its database with. */
  readonly pool: Pool;
  /** @throws what the service answers in place of data */
  query(text: string): Promise<void>;
  close(): Promise<void>;
}

export async function openDoor(databaseUrl: string): Promise<Door> {
  const { key, secret } = apiKey;
  const env = { DATABASE_URL: databaseUrl, LIVEKIT_API_KEY: key, LIVEKIT_API_SECRET: secret, LOG_LEVEL: 'silent' };
  const app = await createServer({ ...readSettings(env), spoolDir: null }, systemClock);
  await app.init();
  const query = async (text: string): Promise<void> => {
    const token = await signToken({ video: { roomList: true } }, { ...apiKey, now: Date.now(), ttlSeconds: 60 });
    const headers = { authorization: `Bearer ${token}` };
    const answer = await app.inject({ method: 'POST', url: '/graphql', headers, payload: { query: text } });
    const { errors } = answer.json<{ errors?: { message: string }[] }>();
    if (errors !== undefined) throw new Error(`${text}: ${errors[0]!.message}`);
  };
  return { pool: app.get(Ledgers).of('default').database.queries, query, close: () => app.close() };
}
