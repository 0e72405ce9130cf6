import type { Peer } from './questions.js';
import { typescript } from './serve.js';

/** PostGraphile over the same tables, with the filters that its users add. It checks no token, and reads every project. */
export const postgraphile: Peer = {
  name: 'PostGraphile 5',
  program: typescript('postgraphile.server.ts', import.meta.url),
  path: '/graphql',
  asks: {
    'active-rooms': () => ({
      query: `{ rooms: allRooms(first: 50, condition: { project: "default", endedAt: null }, orderBy: [STARTED_AT_DESC, SID_DESC]) { nodes {
        sid name: roomName startedAt participantCount metadata
        participants(first: 10, orderBy: [STARTED_AT_DESC, SID_DESC]) { nodes {
          sid identity name kind state joinedAt: startedAt leftAt: endedAt
        } }
      } } }`,
    }),
    history: (variables) => ({
      query: `query($identity: String!, $from: Datetime!, $to: Datetime!) {
        participants: allParticipants(first: 100, orderBy: [STARTED_AT_DESC, SID_DESC], condition: { project: "default", identity: $identity },
          filter: { startedAt: { greaterThanOrEqualTo: $from, lessThan: $to } }) { nodes {
          sid roomName joinedAt: startedAt leftAt: endedAt disconnectReason endSource room { sid startedAt endedAt }
        } }
      }`,
      variables,
    }),
    room: (variables) => ({
      query: `query($sid: String!) { room: roomBySid(sid: $sid) {
        sid name: roomName startedAt endedAt participantSessionCount
        participants(first: 100, orderBy: [STARTED_AT_DESC, SID_DESC]) { nodes {
          sid identity name kind state joinedAt: startedAt leftAt: endedAt disconnectReason
        } }
        tracks(first: 100, orderBy: [STARTED_AT_DESC, SID_DESC]) { nodes {
          sid participantSid type source mimeType publishedAt: startedAt unpublishedAt: endedAt
        } }
        egresses(first: 100, orderBy: [STARTED_AT_DESC, EGRESS_ID_DESC]) { nodes { egressId startedAt endedAt } }
      } }`,
      variables,
    }),
    'deep-page': async ({ sid }, post) => {
      const find = `query($sid: String!) { participants: allParticipants(first: 1, orderBy: [STARTED_AT_DESC, SID_DESC],
        condition: { project: "default", sid: $sid }) { edges { cursor } } }`;
      const { data } = (await post({ query: find, variables: { sid } })) as Found;
      return {
        query: `query($after: Cursor!) { participants: allParticipants(first: 50, after: $after, orderBy: [STARTED_AT_DESC, SID_DESC],
          condition: { project: "default" }) { nodes {
          sid identity name roomName kind state joinedAt: startedAt leftAt: endedAt
        } } }`,
        variables: { after: data.participants.edges[0]!.cursor },
      };
    },
    // It sums columns, but knows no part of a session that lies inside a window.
  },
};

interface Found {
  readonly data: { readonly participants: { readonly edges: readonly { readonly cursor: string }[] } };
}
