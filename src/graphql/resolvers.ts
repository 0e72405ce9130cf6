import type { GraphQLResolveInfo } from 'graphql';
import type { UsageArguments } from '../usage/question.js';
import { agentJob } from '../read/nouns/agent-job.js';
import { connection, edge, pageInfo } from './connection.js';
import { egress } from '../read/nouns/egress.js';
import { ingressSession } from '../read/nouns/ingress-session.js';
import { nodesById } from './node.js';
import { nouns } from '../read/nouns/all.js';
import { participant } from '../read/nouns/participant.js';
import { pageOf } from '../read/list.js';
import { type Ask, byId, toOne } from '../read/lookup.js';
import type { Noun, Pointer, Relation } from '../read/noun.js';
import type { ListArguments } from '../read/page-arguments.js';
import type { Row } from '../read/reading.js';
import { relations } from '../read/nouns/nested-lists.js';
import { room } from '../read/nouns/room.js';
import { roomCounts } from '../read/room-counts.js';
import { dateTime } from './scalars.js';
import { track } from '../read/nouns/track.js';
import { usage, type UsageContext, usageTypes } from './usage.js';
import { webhookEvent } from '../read/nouns/webhook-event.js';

type Resolver<A> = (row: Row, args: A, ...rest: [UsageContext, GraphQLResolveInfo]) => unknown;

/** Every resolver of the API. A field that its row holds needs none. */
export const resolvers = {
  DateTime: dateTime,
  Node: { __resolveType: typeName },
  Session: { __resolveType: typeName },
  Query: {
    node: field<{ id: string }>(async (_row, { id }, ask) => (await nodesById([id], ask))[0]),
    nodes: field<{ ids: string[] }>((_row, { ids }, ask) => nodesById(ids, ask)),
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
    usage: (_row: Row, args: UsageArguments, ...[context, info]: [UsageContext, GraphQLResolveInfo]) =>
      usage(args, context, info),
  },
  Room: { ...lists(relations.Room), ...roomCounts },
  Participant: { ...lists(relations.Participant), ...pointers(participant) },
  Track: pointers(track),
  Egress: { ...lists(relations.Egress), ...pointers(egress) },
  IngressSession: { ...lists(relations.IngressSession), ...pointers(ingressSession) },
  AgentJob: { ...lists(relations.AgentJob), ...pointers(agentJob) },
  ...Object.fromEntries(nouns.map(({ type }) => [`${type}Connection`, connection])),
  ...Object.fromEntries(nouns.map(({ type }) => [`${type}Edge`, edge])),
  PageInfo: pageInfo,
  ...usageTypes,
};

function field<A>(resolve: (row: Row, args: A, ask: Ask) => unknown): Resolver<A> {
  return (row, args, ...[{ reading }, info]) => resolve(row, args, { reading, info });
}

function typeName(row: Row): string {
  return row['__typename'] as string;
}

function single(noun: Noun, argument: string): Resolver<Readonly<Record<string, string>>> {
  return field((_row, args, ask) => byId(noun, args[argument]!, ask));
}

function list(relation: Relation): Resolver<ListArguments> {
  return field((row, args, ask) => pageOf(relation, row, { ...ask, args }));
}

function root(noun: Noun, name: string): Resolver<ListArguments> {
  return list({ noun, list: `Query.${name}`, keys: [], on: () => 'true' });
}

function lists(ofType: Readonly<Record<string, Relation>>): Record<string, Resolver<ListArguments>> {
  return Object.fromEntries(Object.entries(ofType).map(([name, relation]) => [name, list(relation)]));
}

function pointers({ pointers }: Noun): Record<string, Resolver<object>> {
  return Object.fromEntries(Object.entries(pointers ?? {}).map(([name, pointer]) => [name, pointed(name, pointer)]));
}

function pointed(name: string, { noun, id }: Pointer): Resolver<object> {
  return field((row, _args, ask) => {
    if (row[name] !== undefined) return row[name];
    if (row[id] == null) return null;
    return toOne(noun, { id: row[id] as string, roomName: row['roomName'] as string | null }, ask);
  });
}
