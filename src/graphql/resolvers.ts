import type { GraphQLResolveInfo } from 'graphql';
import { agentJob } from './agent-job.js';
import { connection, edge, pageInfo } from './connection.js';
import { egress } from './egress.js';
import { ingressSession } from './ingress-session.js';
import { nodesById } from './node.js';
import { nouns } from './nouns.js';
import { participant } from './participant.js';
import { pageOf } from './read/list.js';
import { byId, toOne } from './read/lookup.js';
import type { Noun, Relation } from './read/noun.js';
import type { ListArguments } from './read/page-arguments.js';
import type { Reading, Row } from './read/reading.js';
import { relations } from './relations.js';
import { room } from './room.js';
import { roomCounts } from './room-counts.js';
import { dateTime } from './scalars.js';
import { track } from './track.js';
import { webhookEvent } from './webhook-event.js';

interface Context {
  readonly reading: Reading;
}

type Resolver<A> = (row: Row, args: A, context: Context, info: GraphQLResolveInfo) => unknown;

const roomOf = { room: pointer(room, 'roomSid') };

/** Every resolver of the API. A field that its row holds needs none. */
export const resolvers = {
  DateTime: dateTime,
  Node: { __resolveType: typeName },
  Session: { __resolveType: typeName },
  Query: {
    node: field<{ id: string }>(async (_row, { id }, { reading }, info) => (await nodesById([id], { reading, info }))[0]),
    nodes: field<{ ids: string[] }>((_row, { ids }, { reading }, info) => nodesById(ids, { reading, info })),
    room: single(room, 'sid'),
    rooms: root(room, 'rooms'),
    participant: single(participant, 'sid'),
    participants: root(participant, 'participants'),
    track: single(track, 'sid'),
    tracks: root(track, 'tracks'),
    egress: single(egress, 'egressId'),
    egresses: root(egress, 'egresses'),
    ingressSession: single(ingressSession, 'resourceId'),
    ingressSessions: root(ingressSession, 'ingressSessions'),
    agentJob: single(agentJob, 'id'),
    agentJobs: root(agentJob, 'agentJobs'),
    webhookEvent: single(webhookEvent, 'id'),
    webhookEvents: root(webhookEvent, 'webhookEvents'),
  },
  Room: { ...lists(relations.Room), ...roomCounts },
  Participant: { ...lists(relations.Participant), ...roomOf },
  Track: { ...roomOf, participant: pointer(participant, 'participantSid') },
  Egress: { ...lists(relations.Egress), ...roomOf },
  IngressSession: { ...lists(relations.IngressSession), ...roomOf },
  AgentJob: { ...lists(relations.AgentJob), ...roomOf },
  ...Object.fromEntries(nouns.map(({ type }) => [`${type}Connection`, connection])),
  ...Object.fromEntries(nouns.map(({ type }) => [`${type}Edge`, edge])),
  PageInfo: pageInfo,
};

function field<A>(resolver: Resolver<A>): Resolver<A> {
  return resolver;
}

function typeName(row: Row): string {
  return row['__typename'] as string;
}

function single(noun: Noun, argument: string): Resolver<Readonly<Record<string, string>>> {
  return (_row, args, { reading }, info) => byId(noun, args[argument]!, { reading, info });
}

function list(relation: Relation): Resolver<ListArguments> {
  return (row, args, { reading }, info) => pageOf(relation, row, { args, reading, info });
}

function root(noun: Noun, name: string): Resolver<ListArguments> {
  const everything: Relation = { noun, list: `Query.${name}`, keys: [], on: () => 'true' };
  return (_row, args, { reading }, info) => pageOf(everything, {}, { args, reading, info });
}

function lists(ofType: Readonly<Record<string, Relation>>): Record<string, Resolver<ListArguments>> {
  return Object.fromEntries(Object.entries(ofType).map(([name, relation]) => [name, list(relation)]));
}

function pointer(noun: Noun, sid: string): Resolver<object> {
  return (row, _args, { reading }, info) => {
    if (row[sid] == null) return null;
    const target = { id: row[sid] as string, roomName: row['roomName'] as string | null };
    return toOne(noun, target, { reading, info });
  };
}
