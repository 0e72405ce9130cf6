import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../src/database/embedded/embedded-server.js';
import { apiKey } from './requests.js';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };

/** The service, as `npm start` runs it. */
export const service = [...scripts.start.split(' ').filter((word) => word.startsWith('--')), 'dist/main.js'];

/** A program under measurement, in a process of its own, on the Node that runs the benchmark. */
export class Server {
  private constructor(
    private readonly process: ChildProcess,
    readonly port: number,
  ) {}

  /**
   * @param program Node's arguments
   * @param more variables of its environment
   */
  static async start(program: readonly string[], databaseUrl: string, more: NodeJS.ProcessEnv = {}): Promise<Server> {
    const port = await freePort();
    const env = {
      ...more,
      PATH: process.env['PATH'],
      NODE_ENV: 'production',
      // As scripts/run.mjs has it.
      UV_THREADPOOL_SIZE: '2',
      LOG_LEVEL: 'warn',
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      LIVEKIT_API_KEY: apiKey.key,
      LIVEKIT_API_SECRET: apiKey.secret,
    };
    const server = new Server(spawn(process.execPath, program, { env, stdio: ['ignore', 'inherit', 'inherit'] }), port);
    await server.listens();
    return server;
  }

  get pid(): number {
    return this.process.pid ?? 0;
  }

  async stop(): Promise<void> {
    if (this.process.exitCode !== null) return;
    const exited = once(this.process, 'exit');
    this.process.kill('SIGTERM');
    await exited;
  }

  private async listens(): Promise<void> {
    for (;;) {
      if (this.process.exitCode !== null) throw new Error('The server ended before it listened.');
      const answer = await fetch(`http://127.0.0.1:${this.port}/health/ready`).catch(() => null);
      if (answer) return;
      await pause(50);
    }
  }
}
