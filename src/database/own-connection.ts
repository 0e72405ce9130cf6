import pg from 'pg';
import { openClient, endClient } from './driver/driver.js';

/** A connection that is kept between questions, and opened anew once it is lost. */
export class OwnConnection {
  private kept: pg.Client | null = null;

  constructor(
    private readonly pool: pg.Pool,
    private readonly lost: () => void,
  ) {}

  async ask<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = this.kept ?? (await this.open());
    try {
      return (await client.query<Row>(text, values)).rows;
    } catch (error) {
      this.end();
      throw error;
    }
  }

  end(): void {
    if (this.kept !== null) endClient(this.kept);
    this.kept = null;
  }

  private async open(): Promise<pg.Client> {
    const client = await openClient(this.pool);
    client.once('end', () => {
      if (this.kept !== client) return;
      this.kept = null;
      this.lost();
    });
    this.kept = client;
    return client;
  }
}
