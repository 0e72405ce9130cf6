import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isMadeIn } from '../../database/embedded/cluster.js';
import { runningServer } from '../../database/embedded/running-server.js';
import { CannotStart } from '../../settings/cannot-start.js';

const WHOLE = 'whole';

/** A file that says that the ledger beside it is a demo's, and whether its past was told to the end. */
export class Mark {
  private readonly file: string;

  constructor(private readonly dataDir: string) {
    this.file = join(dataDir, 'demo');
  }

  /** Removes what a demo began and did not finish. @throws CannotStart where the ledger is not a demo's */
  claim(): void {
    const made = isMadeIn(this.dataDir);
    if (made && !existsSync(this.file)) {
      const problem = `${resolve(this.dataDir)} holds a ledger that is not a demo's`;
      throw new CannotStart(problem, 'Set DATA_DIR to another folder');
    }
    if (made && (readFileSync(this.file, 'utf8') === WHOLE || runningServer(this.dataDir) !== null)) return;
    rmSync(join(this.dataDir, 'postgres'), { recursive: true, force: true });
    mkdirSync(this.dataDir, { recursive: true });
    writeFileSync(this.file, 'unfinished');
  }

  finish(): void {
    writeFileSync(this.file, WHOLE);
  }
}
