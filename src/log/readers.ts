import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ClientBase } from 'pg';
import { Database } from '../database/database.js';
import { LOG_READ_LOCK } from '../database/locks/advisory-locks.js';
import { OwnConnection } from '../database/own-connection.js';

/** Until its connection ends or {@link letLogGo}, nothing is dropped from the log. */
export async function holdLog(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_lock_shared($1)', [LOG_READ_LOCK]);
}

export async function letLogGo(client: ClientBase): Promise<void> {
  await client.query('select pg_advisory_unlock_shared($1)', [LOG_READ_LOCK]);
}

/** Who reads the log of this process page by page. While there is anybody, nothing is dropped. */
@Injectable()
export class LogReaders implements OnApplicationShutdown {
  private readonly connection: OwnConnection;
  private held: Promise<unknown> | null = null;
  private readers = 0;

  constructor(database: Database) {
    this.connection = new OwnConnection(database.queries, () => this.hold());
  }

  onApplicationShutdown(): void {
    this.readers = 0;
    this.connection.end();
  }

  /** @returns what lets the log go again */
  async enter(): Promise<() => void> {
    this.readers++;
    let left = false;
    const leave = (): void => {
      if (left) return;
      left = true;
      if (--this.readers > 0) return;
      this.held = null;
      this.connection.end();
    };
    try {
      await (this.held ?? this.hold());
    } catch (error) {
      leave();
      throw error;
    }
    return leave;
  }

  private hold(): Promise<unknown> | null {
    if (this.readers === 0) return null;
    this.held = this.connection.ask('select pg_advisory_lock_shared($1)', [LOG_READ_LOCK]);
    this.held.catch(() => (this.held = null));
    return this.held;
  }
}
