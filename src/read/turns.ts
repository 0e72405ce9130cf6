import { Refusal } from '../http/refusal.js';
import type { Scope } from '../access/scope.js';

/** A project, or a token of it: what its requests use now. */
export class Party {
  running = 0;
  /** Requests with a statement that waits. */
  waiting = 0;
  last = 0;
  bytes = 0;
}

export class Asker {
  readonly queue: Waiting[] = [];
  running = 0;
  /** How long it waited while nothing of it ran, in ms. */
  waited = 0;

  constructor(
    readonly project: Party,
    readonly token: Party,
    readonly ask: {
      readonly patience: number;
      /** Called before the number of running statements grows. */
      advance(): void;
      /** Called from time to time while the request has statements. */
      tick(): void;
    },
  ) {}
}

interface Waiting {
  readonly begin: () => void;
  readonly refuse: (error: Refusal) => void;
}

const MOST_OF_REQUEST = 4;
const MOST_WAITING = { token: 200, project: 1_000 };
const TICK_MS = 250;

/**
 * Shares connections among projects, then among the tokens of each, then among requests: whoever runs least comes
 * first. A project leaves room for one more to begin at once, and a token for another of its project.
 */
export class Turns {
  private readonly projects = new Map<string, Party>();
  private readonly tokens = new WeakMap<Scope, Party>();
  private readonly askers = new Set<Asker>();
  private running = 0;
  private active = 0;
  private turn = 0;
  private readonly timer: NodeJS.Timeout;

  constructor(private readonly servers: { readonly connections: number }) {
    // One for all: timers of single statements would grow old with their garbage.
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  end(): void {
    clearInterval(this.timer);
  }

  /** Requests of one token have the same scope object. */
  asker(scope: Scope, ask: Asker['ask']): Asker {
    const project = this.projects.get(scope.project) ?? new Party();
    const token = this.tokens.get(scope) ?? new Party();
    this.projects.set(scope.project, project);
    this.tokens.set(scope, token);
    return new Asker(project, token, ask);
  }

  /** Undefined if the statement may begin at once; each turn ends with `leave`. @throws Refusal BUSY */
  take(asker: Asker): Promise<void> | undefined {
    const { project, token } = asker;
    if (!isActive(project)) this.active++;
    if (this.admits(asker)) return this.begin(asker);
    if (token.waiting >= MOST_WAITING.token || project.waiting >= MOST_WAITING.project) return Promise.reject(busy());
    if (asker.queue.length === 0) this.count(asker, 1);
    this.askers.add(asker);
    return new Promise((begin, refuse) => asker.queue.push({ begin, refuse }));
  }

  leave(asker: Asker): void {
    for (const one of [asker, asker.project, asker.token]) one.running--;
    this.running--;
    this.forget(asker);
    this.next();
  }

  dismiss(asker: Asker, why: Refusal): void {
    const waiting = asker.queue.splice(0);
    if (waiting.length > 0) this.count(asker, -1);
    this.forget(asker);
    for (const { refuse } of waiting) refuse(why);
    this.next();
  }

  private begin(asker: Asker): undefined {
    asker.ask.advance();
    for (const one of [asker, asker.project, asker.token]) one.running++;
    asker.project.last = asker.token.last = ++this.turn;
    this.running++;
    this.askers.add(asker);
  }

  private admits({ running, project, token }: Asker): boolean {
    const { connections } = this.servers;
    const share = Math.max(1, Math.floor(connections / (this.active + 1)));
    return (
      running < MOST_OF_REQUEST &&
      token.running < Math.max(1, share - 1) &&
      project.running < share &&
      this.running < connections
    );
  }

  private next(): void {
    for (;;) {
      let first: Asker | undefined;
      for (const one of this.askers) {
        if (one.queue.length > 0 && this.admits(one) && (first === undefined || isBefore(one, first))) first = one;
      }
      if (first === undefined) return;
      const { begin } = first.queue.shift()!;
      if (first.queue.length === 0) this.count(first, -1);
      this.begin(first);
      begin();
    }
  }

  private tick(): void {
    for (const asker of this.askers) {
      asker.ask.tick();
      if (asker.running > 0 || asker.queue.length === 0) continue;
      asker.waited += TICK_MS;
      if (asker.waited > asker.ask.patience) this.dismiss(asker, busy());
    }
  }

  private count({ project, token }: Asker, change: 1 | -1): void {
    project.waiting += change;
    token.waiting += change;
  }

  private forget(asker: Asker): void {
    if (asker.running > 0 || asker.queue.length > 0 || !this.askers.delete(asker)) return;
    if (!isActive(asker.project)) this.active--;
  }
}

function isActive({ running, waiting }: Party): boolean {
  return running > 0 || waiting > 0;
}

function isBefore(one: Asker, other: Asker): boolean {
  const order =
    one.project.running - other.project.running ||
    one.project.last - other.project.last ||
    one.token.running - other.token.running ||
    one.token.last - other.token.last ||
    one.running - other.running;
  return order < 0;
}

export function busy(): Refusal {
  return new Refusal(503, 'BUSY', 'Too many questions are under way: ask fewer at once, or later.');
}
