import { Injectable } from '@nestjs/common';
import type { FieldNode } from 'graphql';
import type { Scope } from '../access/scope.js';
import { Refusal } from '../http/refusal.js';
import { Ledgers } from '../ledgers/ledgers.service.js';
import type { Reading } from '../read/reading.js';
import { Settings } from '../settings/settings.js';
import type { Answering } from '../graphql/answering.js';
import { SharedStream } from './shared-stream.js';
import { type Subscribed, Telling } from './telling.js';
import { Watcher } from './watcher.js';

interface Opened {
  readonly project: string;
  readonly stream: Promise<SharedStream>;
  watchers: number;
}

/** Streams that differ, of one project: each reads for itself. */
const MOST_OF_PROJECT = 500;
const MOST_BYTES = 256 * 2 ** 20;

@Injectable()
export class Streams {
  private readonly opened = new Map<string, Opened>();

  constructor(
    readonly settings: Settings,
    private readonly ledgers: Ledgers,
  ) {}

  /** For one operation on a socket. @throws Refusal 503 UNAVAILABLE */
  readingOf(scope: Scope): Reading {
    return this.ledgers.of(scope.project).readings.ofSocket(scope);
  }

  async watch(answering: Answering, subscribed: Subscribed, slow: () => void): Promise<Watcher> {
    const { source, scope } = subscribed;
    const { tail } = this.ledgers.of(scope.project);
    const caughtUp = source.after === null ? () => undefined : await tail.resume(source.after);
    let opened: Opened | undefined;
    const left = (): void => {
      caughtUp();
      if (opened !== undefined) this.leave(key, opened);
    };
    const key = keyOf(subscribed);
    try {
      opened = this.opened.get(key) ?? this.open(key, answering, subscribed);
      opened.watchers++;
      return new Watcher(await opened.stream, source.after, { slow, left, caughtUp });
    } catch (error) {
      left();
      throw error;
    }
  }

  private open(key: string, answering: Answering, subscribed: Subscribed): Opened {
    const { settings } = this;
    const { project } = subscribed.scope;
    const { readings, tail } = this.ledgers.of(project);
    const others = [...this.opened.values()].filter((one) => one.project === project);
    if (others.length >= MOST_OF_PROJECT) throw tooMany();
    const telling = new Telling({ answering, readings, settings }, subscribed);
    const ringBytes = (): number => Math.min(settings.streamBufferBytes, MOST_BYTES / this.opened.size);
    const opened = { project, stream: SharedStream.open(telling, { tail, ringBytes }), watchers: 0 };
    this.opened.set(key, opened);
    return opened;
  }

  private leave(key: string, opened: Opened): void {
    if (--opened.watchers > 0) return;
    if (this.opened.get(key) === opened) this.opened.delete(key);
    opened.stream.then(
      (stream) => stream.close(),
      () => undefined,
    );
  }
}

/** Where it begins is each watcher's own. */
function keyOf({ checked, scope }: Subscribed): string {
  const { document, operationName, variables } = checked;
  const own = startVariable(checked);
  const shared = Object.entries(variables).filter(([name]) => name !== own);
  return JSON.stringify([scope.project, scope.roomName, document.text, operationName, shared]);
}

/** The variable that says only where to begin. */
function startVariable({ document: { text }, operation }: Subscribed['checked']): string | undefined {
  const fields = operation.selectionSet.selections.filter((one): one is FieldNode => one.kind === 'Field');
  const after = fields.flatMap((field) => field.arguments ?? []).find(({ name }) => name.value === 'after')?.value;
  if (after?.kind !== 'Variable') return undefined;
  const name = after.name.value;
  const uses = text.match(new RegExp(`\\$${name}\\b`, 'g'))?.length;
  return uses === 2 ? name : undefined;
}

function tooMany(): Refusal {
  const sentence = `The project has ${MOST_OF_PROJECT} different subscriptions in this process: subscribe to fewer.`;
  return new Refusal(429, 'TOO_MANY_STREAMS', sentence);
}
