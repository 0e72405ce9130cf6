import type { ServerResponse } from 'node:http';
import { Injectable, type OnModuleDestroy, type OnModuleInit } from '@nestjs/common';
import type { Scope } from '../access/scope.js';
import { Database } from '../database/database.js';
import { logIsDistributed } from '../database/distributed-log.js';
import { Clock } from '../settings/clock.js';
import { Settings } from '../settings/settings.js';
import { Reading, type ReadingLimits, type Tables } from './reading.js';
import { StatementNames } from './statement-names.js';
import { Turns } from './turns.js';

@Injectable()
export class Readings implements OnModuleInit, OnModuleDestroy {
  private logIsDistributed = false;
  private readonly names = new StatementNames();
  private readonly turns: Turns;

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly settings: Settings,
  ) {
    this.turns = new Turns(database.queries.options.max);
  }

  async onModuleInit(): Promise<void> {
    this.logIsDistributed = await logIsDistributed(this.database.queries);
  }

  onModuleDestroy(): void {
    this.turns.end();
  }

  /** For the answer of one request: it stops once the response is closed. */
  of(scope: Scope, response: ServerResponse): Reading {
    return stoppedWith(response, this.ofSocket(scope));
  }

  /** For one answer over a socket, or one step of a stream: whoever begins it stops it. */
  ofSocket(scope: Scope): Reading {
    const { queryMaxBytes: bytes, queryMaxTimeMs: time, queryMaxWaitMs: wait } = this.settings;
    return this.begin(scope, { bytes, time, wait }, this.names);
  }

  /** For a file of any length, whose statements wait as long as they must. */
  ofFile(scope: Scope, response: ServerResponse): Reading {
    const limits = { bytes: Infinity, time: Infinity, wait: Infinity };
    return stoppedWith(response, this.begin(scope, limits, null));
  }

  private begin(scope: Scope, limits: ReadingLimits, names: StatementNames | null): Reading {
    const tables: Tables = {
      pool: this.database.queries,
      logIsDistributed: this.logIsDistributed,
      names,
      turns: this.turns,
    };
    return new Reading(tables, scope, { now: new Date(this.clock.now()).toISOString(), limits });
  }
}

function stoppedWith(response: ServerResponse, reading: Reading): Reading {
  if (response.destroyed) reading.stop();
  else response.once('close', () => reading.stop());
  return reading;
}
