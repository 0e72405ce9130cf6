import type { Database } from '../database/database.js';

const HELD_MS = 20_000;

/** Lets one of all replicas work. Another may take over 20 s after the holder last renewed. */
export class Lease {
  constructor(
    private readonly database: Database,
    private readonly name: string,
    private readonly holder: string,
  ) {}

  /** Takes or renews it. False: another one holds it. */
  async take(): Promise<boolean> {
    const taken = await this.database.prisma.$executeRaw`
      insert into lease (name, holder, until) values (${this.name}, ${this.holder}, now() + ${HELD_MS} * interval '1 ms')
      on conflict (name) do update set holder = excluded.holder, until = excluded.until
      where lease.holder = excluded.holder or lease.until < now()`;
    return taken > 0;
  }

  async release(): Promise<void> {
    await this.database.prisma.lease.deleteMany({ where: { name: this.name, holder: this.holder } });
  }
}
