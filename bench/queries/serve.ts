import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { signToken } from '../../src/livekit/sign.js';
import { freePort } from '../../src/database/embedded.js';
import type { Body, Peer } from './questions.js';

const key = { key: 'bench', secret: 'a secret of the benchmark' };

/** A peer's server under way, and how it is asked. */
export class Served {
  private constructor(
    readonly peer: Peer,
    readonly url: string,
    readonly headers: Readonly<Record<string, string>>,
    private readonly server: ChildProcess,
  ) {}

  static async start(peer: Peer, databaseUrl: string): Promise<Served> {
    const port = await freePort();
    const own = {
      PORT: String(port),
      HOST: '127.0.0.1',
      DATABASE_URL: databaseUrl,
      LOG_LEVEL: 'error',
      STATEMENT_TIMEOUT: '60s',
    };
    const keys = { LIVEKIT_API_KEY: key.key, LIVEKIT_API_SECRET: key.secret };
    const env = { ...process.env, NODE_ENV: 'production', GRAPHILE_ENV: 'production', ...own, ...keys };
    const program = ['--import', './test/support/typescript.mjs', fileURLToPath(peer.server)];
    const server = spawn(process.execPath, program, { env, stdio: ['ignore', 'ignore', 'inherit'] });
    const token = await signToken({ video: { roomList: true } }, { ...key, now: Date.now(), ttlSeconds: 86_400 });
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
    const served = new Served(peer, `http://127.0.0.1:${port}${peer.path}`, headers, server);
    await served.listens();
    return served;
  }

  get pid(): number {
    return this.server.pid!;
  }

  async post(body: Body): Promise<unknown> {
    const response = await fetch(this.url, { method: 'POST', headers: this.headers, body: JSON.stringify(body) });
    return response.json();
  }

  async stop(): Promise<void> {
    if (this.server.exitCode !== null) return;
    const exited = once(this.server, 'exit');
    this.server.kill();
    await exited;
  }

  private async listens(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      if (this.server.exitCode !== null) throw new Error(`${this.peer.name} does not start.`);
      try {
        await fetch(this.url);
        return;
      } catch (error) {
        if (attempt === 300) throw error;
        await pause(100);
      }
    }
  }
}
