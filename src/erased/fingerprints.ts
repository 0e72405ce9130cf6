import { createHmac } from 'node:crypto';

const MOST_KNOWN = 20_000;
const MOST_LENGTH = 200;

/** Keyed hashes of texts: the database alone cannot tell whether it knows a text. */
export class Fingerprints {
  /** Names come again and again. */
  private readonly known = new Map<string, string>();

  constructor(private readonly key: string) {}

  /** In hex, 128 bits. */
  of(project: string, text: string): string {
    return this.hash('text', project, text).slice(0, 32);
  }

  ofIdentityIn(project: string, roomSid: string, identity: string): string {
    return this.hash('identity', project, roomSid, identity).slice(0, 32);
  }

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
    const text = parts.join('\u0000');
    const known = this.known.get(text);
    if (known !== undefined) return known;
    const made = createHmac('sha256', this.key).update(text).digest('hex');
    if (this.known.size >= MOST_KNOWN) this.known.clear();
    if (text.length <= MOST_LENGTH) this.known.set(text, made);
    return made;
  }
}
