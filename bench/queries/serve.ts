import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { apiKey, signed } from '../support/requests.js';
import { Server } from '../support/server.js';
import type { Body, Peer } from './questions.js';

const DAY = 86_400;
/** A first answer, from cold tables. */
const MOST_MS = 120_000;

/** Of a `post`: whether there was no answer in time. */
export function isOverdue(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError';
}

/** Node's arguments for a program in TypeScript beside `from`. */
export function typescript(file: string, from: string): string[] {
  return ['--import', './bench/support/typescript.mjs', fileURLToPath(new URL(file, from))];
}

/** Ends what a peer still has Postgres do for an answer that nobody waits for any more. */
export async function cancelStatements(url: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(`select pg_cancel_backend(pid) from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and state = 'active' and pid <> pg_backend_pid()`);
  await client.end();
}

/** A peer's server under way, and how it is asked. */
export class Served {
  readonly url: string;

  private constructor(
    readonly peer: Peer,
    readonly headers: Readonly<Record<string, string>>,
    private readonly server: Server,
  ) {
    this.url = `http://127.0.0.1:${server.port}${peer.path}`;
  }

  static async start(peer: Peer, databaseUrl: string): Promise<Served> {
    const env = { GRAPHILE_ENV: 'production', STATEMENT_TIMEOUT: '60s' };
    const server = await Server.start(peer.program, databaseUrl, env);
    const now = Math.floor(Date.now() / 1000);
    const token = signed({ iss: apiKey.key, nbf: now, exp: now + DAY, video: { roomList: true } });
    return new Served(peer, { 'content-type': 'application/json', authorization: `Bearer ${token}` }, server);
  }

  get pid(): number {
    return this.server.pid;
  }

  async post(body: Body): Promise<unknown> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: this.headers,
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(MOST_MS),
    });
    return response.json();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
