import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type Clock, systemClock } from '../../src/settings/clock.js';
import type { Database } from '../../src/database/database.js';
import type { Ledger } from '../../src/ledgers/ledger.js';
import { Ledgers } from '../../src/ledgers/ledgers.service.js';
import { createServer } from '../../src/server.js';
import { readSettings, type Settings } from '../../src/settings/settings.js';
import { createDatabase } from './database.js';
import { forge, sha256 } from './sign.js';

export interface ServiceOptions {
  /** Without one the service gets a database of its own, which is dropped when it stops. */
  readonly databaseUrl?: string;
  readonly clock?: Clock;
  readonly settings?: Partial<Settings>;
  /** Any free one unless given. */
  readonly port?: number;
}

export interface PostOptions {
  readonly key?: string;
  /** Added to, or put in place of, what LiveKit sends. */
  readonly headers?: Readonly<Record<string, string>>;
}

export interface TokenOptions {
  readonly key?: string;
  readonly ttlSeconds?: number;
}

export interface Answer<T> {
  readonly data: T;
  readonly errors: { message: string; path?: (string | number)[]; extensions: { code: string } }[] | undefined;
  readonly status: number;
}

const keys = 'devkey: secret\nrotated: another-secret\nacmekey@acme: acme-secret';

/** The whole service, listening on a free port; ready when the promise is kept. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const own = options.databaseUrl === undefined ? await createDatabase() : null;
  const settings: Settings = {
    ...readSettings({ LIVEKIT_KEYS: keys, LOG_LEVEL: process.env['TEST_LOG'] ?? 'silent', PORT: '0' }),
    databaseUrl: options.databaseUrl ?? own!.url,
    databaseReadUrls: replicaOf(options.databaseUrl ?? own!.url),
    spoolDir: null,
    // Rows of tests are older than any limit.
    expireAfterMs: null,
    ...options.settings,
  };
  const clock = options.clock ?? systemClock;
  const app = await createServer(settings, clock);
  await app.listen(options.port ?? 0, '127.0.0.1');
  return new Service(app, await app.getUrl(), { settings, clock, drop: () => own?.drop() });
}

/** With `DATABASE_URL_READ` the same database there, which must replay what is committed before it is acknowledged. */
function replicaOf(url: string): string[] {
  const server = process.env['DATABASE_URL_READ'];
  return server ? [Object.assign(new URL(server), { pathname: new URL(url).pathname }).href] : [];
}

export class Service {
  readonly settings: Settings;
  readonly clock: Clock;

  constructor(
    readonly app: NestFastifyApplication,
    readonly url: string,
    private readonly parts: { settings: Settings; clock: Clock; drop: () => Promise<void> | undefined },
  ) {
    this.settings = parts.settings;
    this.clock = parts.clock;
  }

  /** Of the default project. */
  get ledger(): Ledger {
    return this.app.get(Ledgers, { strict: false }).of('default');
  }

  get database(): Database {
    return this.ledger.database;
  }

  /** Posts a webhook as LiveKit does. */
  post(body: string | Buffer, { key = 'devkey', headers = {} }: PostOptions = {}): Promise<Response> {
    const authorization = this.sign({ sha256: sha256(body) }, { key, ttlSeconds: 300 });
    const all = { authorization, 'content-type': 'application/webhook+json', 'user-agent': 'LiveKit', ...headers };
    return fetch(`${this.url}/webhook`, { method: 'POST', body: new Uint8Array(Buffer.from(body)), headers: all });
  }

  /** Posts a webhook that must be taken. */
  async deliver(body: string | Buffer, options: PostOptions = {}): Promise<void> {
    const { status } = await this.post(body, options);
    if (status !== 200) throw new Error(`a webhook was answered with ${status}`);
  }

  /** An access token with these `video` grants. */
  token(grants: object, options: TokenOptions = {}): Promise<string> {
    return Promise.resolve(this.sign({ sub: 'tests', video: grants }, options));
  }

  /** A token to look at the default project, or at one room of it. */
  readToken(room?: string): string {
    return this.sign({ roomledger: { read: true, ...(room !== undefined && { room }) } });
  }

  sign(claims: object, { key = 'devkey', ttlSeconds = 3600 }: TokenOptions = {}): string {
    const now = Math.floor(this.clock.now() / 1000);
    const secret = this.settings.keys.get(key)!.secret;
    return forge({ claims: { iss: key, nbf: now, exp: now + ttlSeconds, ...claims }, secret });
  }

  /** Asks GraphQL; without a token, with one that reads the whole default project. */
  async query<T = unknown>(query: string, variables: object = {}, token?: string): Promise<Answer<T>> {
    const authorization = `Bearer ${token ?? this.readToken()}`;
    const headers = { authorization, 'content-type': 'application/json' };
    const body = JSON.stringify({ query, variables });
    const response = await fetch(`${this.url}/graphql`, { method: 'POST', headers, body });
    const { data, errors } = (await response.json()) as Pick<Answer<T>, 'data' | 'errors'>;
    return { data, errors, status: response.status };
  }

  async stop(): Promise<void> {
    await this.app.close();
    await this.parts.drop();
  }
}
