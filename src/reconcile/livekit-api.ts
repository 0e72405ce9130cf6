import type { EgressInfo, IngressInfo, ParticipantInfo, Room } from '@livekit/protocol';
import { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, ServerError } from 'livekit-server-sdk';
import { cleanText } from '../livekit/clean.js';
import type { LivekitAccount } from '../settings/livekit-accounts.js';

/** Unknown: the question failed otherwise, and proves nothing. */
export type Pulse = 'live' | 'dead' | 'unknown';

const PATIENCE_S = 10;
/** LiveKit's own words, which a proxy that finds no LiveKit does not say. */
const NO_HOST: Readonly<Record<number, string>> = { 404: 'not_found', 503: 'unavailable' };

/** What a reconciler asks of one LiveKit, in names as the tables have them. Lists throw what failed. */
export class LivekitApi {
  private readonly rooms: RoomServiceClient;
  private readonly egress: EgressClient;
  private readonly ingress: IngressClient;
  private readonly dispatch: AgentDispatchClient;
  /** LiveKit's spelling of names that had to be cleaned. */
  private readonly spellings = new Map<string, string>();

  constructor({ url, key, secret }: LivekitAccount) {
    const options = { requestTimeout: PATIENCE_S, failover: false };
    this.rooms = new RoomServiceClient(url, key, secret, options);
    this.egress = new EgressClient(url, key, secret, options);
    this.ingress = new IngressClient(url, key, secret, options);
    this.dispatch = new AgentDispatchClient(url, key, secret, options);
  }

  async listRooms(): Promise<Room[]> {
    const rooms = await this.rooms.listRooms();
    for (const room of rooms) room.name = this.cleaned(room.name);
    return rooms;
  }

  /** Null: LiveKit asks the room's node, and none answers. */
  async listParticipants(roomName: string): Promise<ParticipantInfo[] | null> {
    try {
      const people = await this.rooms.listParticipants(this.spelling(roomName));
      for (const person of people) person.identity = this.cleaned(person.identity);
      return people;
    } catch (error) {
      if (hasNoHost(error)) return null;
      throw error;
    }
  }

  listEgress(): Promise<EgressInfo[]> {
    return this.egress.listEgress();
  }

  listIngress(): Promise<IngressInfo[]> {
    return this.ingress.listIngress();
  }

  /** Asks the node that hosts a room of this name, and changes nothing. */
  probeRoom(roomName: string): Promise<Pulse> {
    return pulseOf(this.dispatch.listDispatch(this.spelling(roomName)));
  }

  /** Asks the node that hosts somebody of this identity, and changes nothing. */
  probePerson(roomName: string, identity: string): Promise<Pulse> {
    return pulseOf(this.rooms.updateSubscriptions(this.spelling(roomName), this.spelling(identity), [], true));
  }

  private cleaned(name: string): string {
    const clean = cleanText(name);
    if (clean !== name) this.spellings.set(clean, name);
    return clean;
  }

  private spelling(name: string): string {
    return this.spellings.get(name) ?? name;
  }
}

async function pulseOf(question: Promise<unknown>): Promise<Pulse> {
  try {
    await question;
    return 'live';
  } catch (error) {
    return hasNoHost(error) ? 'dead' : 'unknown';
  }
}

function hasNoHost(error: unknown): boolean {
  return error instanceof ServerError && error.code !== undefined && NO_HOST[error.status] === error.code;
}

export function reasonOf(failure: unknown): string {
  if (failure instanceof ServerError) return `${failure.status} ${failure.message}`;
  if (!(failure instanceof Error)) return String(failure);
  return failure.cause instanceof Error ? `${failure.message} (${failure.cause.message})` : failure.message;
}
