import { createHmac } from 'node:crypto';

/** Keyed hashes of texts: the database alone cannot tell whether it knows a text. */
export class Fingerprints {
  constructor(private readonly key: string) {}

  /** In hex, 128 bits. */
  of(project: string, text: string): string {
    return this.hash('text', project, text).slice(0, 32);
  }

  /** Of an identity in one room. */
  ofIdentityIn(project: string, roomSid: string, identity: string): string {
    return this.hash('identity', project, roomSid, identity).slice(0, 32);
  }

  /** Of a room's whole name. */
  ofName(project: string, name: string): string {
    return this.hash('room name', project, name).slice(0, 32);
  }

  /** What stands in place of a text, for example `erased-9f86d081884c7d65`. */
  pseudonym(project: string, text: string): string {
    return `erased-${this.hash('pseudonym', project, text).slice(0, 16)}`;
  }

  /** Tells the key from any other. */
  get check(): string {
    return this.hash('check').slice(0, 32);
  }

  private hash(...parts: string[]): string {
    return createHmac('sha256', this.key).update(parts.join('\u0000')).digest('hex');
  }
}
