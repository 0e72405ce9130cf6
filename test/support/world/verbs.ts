import type { LiveRoom, Person, World } from './world.js';

/** One thing that happens: who, where, after how long (ms), and which of its ways. */
export interface Step {
  verb: keyof typeof verbs;
  room: number;
  who: number;
  wait: number;
  twist: number;
}

const names = ['daily', 'weekly', 'lobby'];
const identities = ['ada', 'bob', 'cyd', ''];
const kinds = ['STANDARD', 'STANDARD', 'STANDARD', 'AGENT', 'EGRESS', 'SIP'];
const reasons = ['CLIENT_INITIATED', 'SIGNAL_CLOSE', undefined, 'ROOM_DELETED'];

/** Plays the steps and tells the events. */
export function play(world: World, steps: readonly Step[]): void {
  for (const step of steps) {
    world.now += step.wait;
    verbs[step.verb](world, step);
  }
}

function pick<T>(list: readonly T[], at: number): T {
  return list[at % list.length] as T;
}

function someone(world: World, step: Step): { room: LiveRoom; person: Person } | null {
  const room = world.rooms.get(pick(names, step.room));
  const person = room?.people.get(pick(identities, step.who));
  return room && person ? { room, person } : null;
}

export const verbs = {
  /** Media may be up before the participant is. */
  join(world: World, step: Step) {
    const room = world.room(pick(names, step.room));
    const person = world.join(room, pick(identities, step.who), pick(kinds, step.twist));
    if (step.twist % 3 === 0) world.publish(room, person, 'MICROPHONE');
    world.now += step.wait / 2;
    world.joined(room, person);
  },

  publish(world: World, step: Step) {
    const found = someone(world, step);
    const source = pick(['MICROPHONE', 'CAMERA'], step.twist);
    if (!found) return;
    const old = found.person.tracks.get(source);
    if (old) world.unpublish(found.room, found.person, old);
    world.publish(found.room, found.person, source);
  },

  /** Servers before 1.8 publish a sid again, with a newer version. */
  republish(world: World, step: Step) {
    const found = someone(world, step);
    const [track] = found?.person.tracks.values() ?? [];
    if (!found || !track) return;
    world.unpublish(found.room, found.person, track);
    world.now += step.wait;
    world.publish(found.room, found.person, track.source, track.sid);
  },

  leave(world: World, step: Step) {
    const found = someone(world, step);
    if (found) world.leave(found.room, found.person, pick(reasons, step.twist));
  },

  /** LiveKit notices 20 to 22 s late; whatever else happens meanwhile comes first. */
  drop(world: World, step: Step) {
    const found = someone(world, step);
    if (!found) return;
    world.now += 21_000;
    world.leave(found.room, found.person, 'CONNECTION_TIMEOUT');
  },

  abort(world: World, step: Step) {
    const room = world.room(pick(names, step.room));
    if (room.people.has(pick(identities, step.who))) return;
    const person = world.join(room, pick(identities, step.who), 'STANDARD');
    if (step.twist % 2 === 0) world.publish(room, person, 'CAMERA');
    world.leave(room, person, 'JOIN_FAILURE', 'participant_connection_aborted');
  },

  /** A left that is none: the participant goes on under its sid on another node. */
  migrate(world: World, step: Step) {
    const found = someone(world, step);
    if (!found) return;
    world.leave(found.room, found.person, 'MIGRATION');
    if (step.twist % 3 === 0) return;
    found.room.people.set(found.person.identity, found.person);
    world.now += 1500;
    world.publish(found.room, found.person, 'CAMERA');
  },

  finish(world: World, step: Step) {
    const room = world.rooms.get(pick(names, step.room));
    if (!room) return;
    for (const person of room.people.values()) world.leave(room, person, 'ROOM_CLOSED');
    world.finish(room, pick([undefined, 'ROOM_END_API_DELETE'], step.twist));
  },

  /** A node that was cut off finishes a room that lives on elsewhere. */
  splitFinish(world: World, step: Step) {
    const room = world.rooms.get(pick(names, step.room));
    if (!room) return;
    world.finish(room);
    world.rooms.set(room.name, room);
  },

  /** A finished or lost sid comes back to life. */
  revive(world: World, step: Step) {
    const name = pick(names, step.room);
    const remains = world.remains.get(name);
    if (!remains || world.rooms.has(name)) return;
    world.rooms.set(name, remains);
    world.emit('room_started', { room: { sid: remains.sid, name, creationTimeMs: String(remains.createdAt) } });
    verbs.join(world, step);
  },

  /** Nothing is told of what was on the node. */
  die(world: World) {
    for (const room of world.rooms.values()) world.remains.set(room.name, { ...room, people: new Map() });
    world.rooms.clear();
  },

  /** Two rooms of one name live side by side for a moment. */
  twin(world: World, step: Step) {
    const name = pick(names, step.room);
    const old = world.rooms.get(name);
    if (!old) return;
    world.rooms.delete(name);
    verbs.join(world, step);
    for (const person of old.people.values()) world.leave(old, person, 'ROOM_DELETED');
  },

  egress(world: World, step: Step) {
    const room = world.rooms.get(pick(names, step.room));
    const egressId = world.fresh('EG_');
    const place = room
      ? { roomId: room.sid, roomName: room.name, roomComposite: { roomName: room.name } }
      : { web: {} };
    const told = (event: string, status: string | undefined, more: object = {}): void =>
      world.emit(event, {
        egressInfo: { egressId, ...place, startedAt: nanos(started), status, updatedAt: nanos(world.now), ...more },
      });
    const started = world.now;
    const file = { fileResults: [{ filename: 'a.mp4', size: '5368709120' }] };
    told('egress_started', undefined);
    world.now += step.wait;
    told('egress_updated', 'EGRESS_ACTIVE');
    world.now += 2000;
    if (step.twist % 5 === 0) return;
    if (step.twist % 4 === 0) told('egress_ended', 'EGRESS_LIMIT_REACHED');
    told('egress_ended', pick(['EGRESS_COMPLETE', 'EGRESS_FAILED', 'EGRESS_NEWER'], step.twist), {
      endedAt: nanos(world.now),
      ...file,
    });
    if (step.twist % 3 === 0) told('egress_updated', 'EGRESS_ACTIVE', { updatedAt: nanos(world.now - 1000) });
    if (step.twist % 2 === 0) told('egress_ended', 'EGRESS_FAILED', { error: 'rtmp://a.example/app/key refused' });
  },

  /** One endpoint, used again and again; a session may be superseded without an end. */
  ingress(world: World, step: Step) {
    const resourceId = world.fresh('RT_');
    const started = world.now;
    const told = (event: string, status: string | undefined, more: object = {}): void =>
      world.emit(event, {
        room: { name: pick(names, step.room) },
        ingressInfo: {
          ingressId: pick(['IN_1', 'IN_2'], step.who),
          streamKey: 'x',
          state: { resourceId, startedAt: nanos(started), updatedAt: nanos(world.now), status, ...more },
        },
      });
    told('ingress_started', 'ENDPOINT_PUBLISHING');
    world.now += step.wait;
    if (step.twist % 3 === 0) return;
    told('ingress_ended', pick([undefined, 'ENDPOINT_ERROR'], step.twist), { endedAt: nanos(world.now) });
    if (step.twist % 2 === 0) told('ingress_ended', undefined);
  },

  job(world: World, step: Step) {
    const id = world.fresh('AJ_');
    const told = (event: string, state: object): void =>
      world.emit(event, { job: { id, agentName: 'helper', room: { name: pick(names, step.room) }, state } });
    told('agent_job_pending', {});
    if (step.twist % 4 === 0) return;
    const startedAt = nanos(world.now);
    told('agent_job_started', { status: 'JS_RUNNING', startedAt });
    world.now += step.wait;
    if (step.twist % 3 === 0) return;
    told('agent_job_ended', {
      status: 'JS_SUCCESS',
      startedAt,
      updatedAt: nanos(world.now),
      endedAt: nanos(world.now),
    });
  },
};

function nanos(ms: number): string {
  return `${Math.floor(ms)}000123`;
}
