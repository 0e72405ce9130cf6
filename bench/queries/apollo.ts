import type { Peer } from './questions.js';
import { typescript } from './serve.js';

/** What the tutorials teach: Nest, Apollo, Prisma's `include`. It checks no token, and reads every project. */
export const apollo: Peer = {
  name: 'Apollo with include',
  program: typescript('apollo/server.ts', import.meta.url),
  path: '/graphql',
  asks: {
    'active-rooms': () => ({
      query: `{ rooms: activeRooms(first: 50) {
        sid name: roomName startedAt participantCount metadata
        participants { sid identity name kind state joinedAt: startedAt leftAt: endedAt }
      } }`,
    }),
    history: (variables) => ({
      query: `query($identity: String!, $from: DateTime!, $to: DateTime!) {
        participants: history(identity: $identity, from: $from, to: $to) {
          sid roomName joinedAt: startedAt leftAt: endedAt disconnectReason endSource room { sid startedAt endedAt }
        }
      }`,
      variables,
    }),
    room: (variables) => ({
      query: `query($sid: String!) { room(sid: $sid) {
        sid name: roomName startedAt endedAt participantSessionCount
        participants { sid identity name kind state joinedAt: startedAt leftAt: endedAt disconnectReason }
        tracks { sid participantSid type source mimeType publishedAt: startedAt unpublishedAt: endedAt }
        egresses { egressId startedAt endedAt }
      } }`,
      variables,
    }),
    'deep-page': ({ sid }) => ({
      query: `query($after: String!) { participants(first: 50, after: $after) {
        sid identity name roomName kind state joinedAt: startedAt leftAt: endedAt
      } }`,
      variables: { after: sid },
    }),
    // Prisma's aggregates sum columns, not the parts of sessions that lie inside a window.
  },
};
