import { inTransaction } from '../database/transaction.js';
import { project } from '../projection/project.js';
import type { LedgerEvent } from '../livekit/event.js';
import { readRow, stretchSince, type LogStretch } from './log-pages.js';
import { isStray, pagesAhead, projectPage, reader } from './replay-page.js';
import { projectInShares } from './shares.js';
import { sightingsOf } from './sighting-pages.js';
import { withReconnect, refuseLost, type Workspace } from './workspace.js';

export type Report = (events: number) => void;

/** One connection each; the pool's fifth reads ahead. */
const LANES = 4;
/** From so many events on, threads are worth their start. */
const LONG_LOG = 5_000;

/** Projects the log into the shadow tables, continuing where it stopped. */
export class Replay {
  reached: LogStretch | null = null;
  events = 0;

  constructor(
    private readonly workspace: Workspace,
    private readonly report: Report,
    private readonly shares = 1,
  ) {}

  async catchUp(): Promise<number> {
    return this.advance(await stretchSince(reader(this.workspace), this.workspace, this.reached));
  }

  /** Repeats, because fewer events arrive during each shorter pass. */
  async catchUpBelow(few: number, attempts = Infinity): Promise<void> {
    for (let attempt = 1; (await this.catchUp()) > few && attempt < attempts; attempt++);
  }

  /** @returns how many events it projected */
  async advance(stretch: LogStretch): Promise<number> {
    const before = this.events;
    if (this.shares > 1 && stretch.since === null && (await isLong(this.workspace)))
      await this.advanceInShares(stretch);
    else await this.advanceAlone(stretch);
    for await (const page of sightingsOf(reader(this.workspace), this.workspace.home, stretch)) {
      refuseLost(this.workspace);
      await projectSightings(this.workspace, page);
    }
    this.reached = stretch;
    return this.events - before;
  }

  private async advanceAlone(stretch: LogStretch): Promise<void> {
    for await (const page of pagesAhead(this.workspace, stretch)) {
      await projectPage(this.workspace, page.map(readRow), LANES);
      this.report((this.events += page.length));
    }
  }

  private async advanceInShares(stretch: LogStretch): Promise<void> {
    const { events, strays } = await projectInShares(this.workspace, { stretch, shares: this.shares }, this.report);
    this.events += events;
    if (strays === 0) return;
    for await (const page of pagesAhead(this.workspace, stretch)) {
      await projectPage(this.workspace, page.map(readRow).filter(isStray), LANES);
    }
  }
}

async function isLong({ home, ...workspace }: Workspace): Promise<boolean> {
  const some = `select id from ${home}.webhook_event limit ${LONG_LOG}`;
  const text = `select count(*)::int as events from (${some}) event`;
  const [log] = await reader(workspace)<{ events: number }>({ name: 'long log', text, values: [] });
  return log!.events === LONG_LOG;
}

function projectSightings({ database, lost }: Workspace, page: readonly LedgerEvent[]): Promise<void> {
  return withReconnect(lost, () => inTransaction(database.intake, (run) => project(run, page)));
}
