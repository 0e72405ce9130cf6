import type { EgressInfo, IngressInfo, ParticipantInfo, Room } from '@livekit/protocol';
import { AgentDispatchClient, EgressClient, IngressClient, RoomServiceClient, ServerError } from 'livekit-server-sdk';
import type { LivekitAccount } from '../settings/livekit-accounts.js';

/** Unknown: the question failed otherwise, and proves nothing. */
export type Pulse = 'live' | 'dead' | 'unknown';

/** A dead node's probe is answered after 3 s. */
const PATIENCE_S = 10;
const NO_HOST = new Set([404, 503]);

/** What a reconciler asks of one LiveKit. Lists throw what failed. */
export class LivekitApi {
  private readonly rooms: RoomServiceClient;
  private readonly egress: EgressClient;
  private readonly ingress: IngressClient;
  private readonly dispatch: AgentDispatchClient;

  constructor({ url, key, secret }: LivekitAccount) {
    const options = { requestTimeout: PATIENCE_S, failover: false };
    this.rooms = new RoomServiceClient(url, key, secret, options);
    this.egress = new EgressClient(url, key, secret, options);
    this.ingress = new IngressClient(url, key, secret, options);
    this.dispatch = new AgentDispatchClient(url, key, secret, options);
  }

  listRooms(): Promise<Room[]> {
    return this.rooms.listRooms();
  }

  listParticipants(roomName: string): Promise<ParticipantInfo[]> {
    return this.rooms.listParticipants(roomName);
  }

  listEgress(): Promise<EgressInfo[]> {
    return this.egress.listEgress();
  }

  listIngress(): Promise<IngressInfo[]> {
    return this.ingress.listIngress();
  }

  /** Asks the node that hosts a room of this name, and changes nothing. */
  probeRoom(roomName: string): Promise<Pulse> {
    return pulseOf(this.dispatch.listDispatch(roomName));
  }

  /** Asks the node that hosts somebody of this identity, and changes nothing. */
  probePerson(roomName: string, identity: string): Promise<Pulse> {
    return pulseOf(this.rooms.updateSubscriptions(roomName, identity, [], true));
  }
}

async function pulseOf(question: Promise<unknown>): Promise<Pulse> {
  try {
    await question;
    return 'live';
  } catch (error) {
    return error instanceof ServerError && NO_HOST.has(error.status) ? 'dead' : 'unknown';
  }
}
