import { service } from '../support/server.js';
import type { Peer } from './questions.js';

/** The service itself, as `npm start` runs it. */
export const ours: Peer = {
  name: 'Roomledger',
  program: service,
  path: '/graphql',
  asks: {
    'active-rooms': () => ({
      query: `{ rooms(first: 50, filter: { active: true }) { nodes {
        sid name startedAt participantCount metadata
        participants(first: 10) { nodes { sid identity name kind state joinedAt leftAt } }
      } } }`,
    }),
    history: (variables) => ({
      query: `query($identity: String!, $from: DateTime!, $to: DateTime!) {
        participants(first: 100, filter: { identity: { eq: $identity }, joinedAt: { gte: $from, lt: $to } }) { nodes {
          sid roomName joinedAt leftAt disconnectReason endSource room { sid startedAt endedAt }
        } }
      }`,
      variables,
    }),
    room: (variables) => ({
      query: `query($sid: ID!) { room(sid: $sid) {
        sid name startedAt endedAt participantSessionCount
        participants(first: 100) { nodes { sid identity name kind state joinedAt leftAt disconnectReason } }
        tracks(first: 100) { nodes { sid participantSid type source mimeType publishedAt unpublishedAt } }
        egresses(first: 100) { nodes { egressId startedAt endedAt } }
      } }`,
      variables,
    }),
    'deep-page': async ({ sid }, post) => {
      const find = `query($sid: [ID!]) { participants(filter: { sid: $sid }) { edges { cursor } } }`;
      const { data } = (await post({ query: find, variables: { sid: [sid] } })) as Found;
      return {
        query: `query($after: String!) { participants(first: 50, after: $after) { nodes {
          sid identity name roomName kind state joinedAt leftAt
        } } }`,
        variables: { after: data.participants.edges[0]!.cursor },
      };
    },
    usage: (variables) => ({
      query: `query($from: DateTime!, $to: DateTime!) {
        usage(meter: PARTICIPANT, from: $from, to: $to, interval: DAY) { from seconds sessions }
      }`,
      variables,
    }),
  },
};

interface Found {
  readonly data: { readonly participants: { readonly edges: readonly { readonly cursor: string }[] } };
}
