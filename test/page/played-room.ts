let played = 0;

/** Tells the webhooks of one room that goes on now. */
export class PlayedRoom {
  readonly sid = `RM_played${++played}`;
  private told = 0;

  constructor(
    readonly name: string,
    private readonly deliver: (body: string) => Promise<void>,
  ) {}

  begins(): Promise<void> {
    return this.tell('room_started', {});
  }

  joins(identity: string): Promise<void> {
    return this.tell('participant_joined', { participant: this.participant(identity, 'ACTIVE') });
  }

  leaves(identity: string): Promise<void> {
    const participant = { ...this.participant(identity, 'DISCONNECTED'), disconnectReason: 'CLIENT_INITIATED' };
    return this.tell('participant_left', { participant });
  }

  ends(): Promise<void> {
    return this.tell('room_finished', {});
  }

  private participant(identity: string, state: string): object {
    return {
      sid: `PA_${this.sid}_${identity}`,
      identity,
      name: identity,
      state,
      joinedAt: String(Math.floor(Date.now() / 1000)),
    };
  }

  private tell(event: string, fields: object): Promise<void> {
    const createdAt = String(Math.floor(Date.now() / 1000));
    const id = `EV_${this.sid}_${++this.told}`;
    return this.deliver(
      JSON.stringify({
        event,
        id,
        createdAt,
        room: { sid: this.sid, name: this.name, creationTime: createdAt },
        ...fields,
      }),
    );
  }
}
