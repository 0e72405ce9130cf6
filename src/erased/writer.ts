import type { Pool } from 'pg';
import type { Database } from '../database/database.js';
import { CannotStart } from '../settings/cannot-start.js';
import { Erased } from './erased.js';

/** Where events are written, without what was erased. */
export class Writer {
  readonly pool: Pool;
  readonly erased: Erased;
  readonly project: string | null;

  constructor({ intake, erasureKey, project }: Pick<Database, 'intake' | 'erasureKey' | 'project'>) {
    this.project = project;
    this.pool = intake;
    this.erased = new Erased(intake, erasureKey);
  }

  /** @throws CannotStart if people were erased with another key */
  async requireKey(): Promise<void> {
    const { rows } = await this.pool.query<{ check: string | null }>('select key_check as check from erasure_version');
    const check = rows[0]?.check ?? null;
    const { fingerprints } = this.erased;
    if (check === null || check === fingerprints?.check) return;
    const what = fingerprints === null ? 'and ERASURE_KEY is not set' : 'with another ERASURE_KEY';
    throw new CannotStart(`people were erased from this database, ${what}`, 'Give every service the same ERASURE_KEY');
  }
}
