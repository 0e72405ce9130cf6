import type { Peer } from './questions.js';
import { typescript } from './serve.js';

/** What nothing of this kind can beat by much: the same server and token check, one statement by hand, its JSON unread. */
export const ceiling: Peer = {
  name: 'one statement by hand',
  program: typescript('ceiling.server.ts', import.meta.url),
  path: '/ceiling',
  asks: {
    'active-rooms': () => ({ question: 'active-rooms', values: [] }),
    history: ({ identity, from, to }) => ({ question: 'history', values: [identity, from, to] }),
    room: ({ sid }) => ({ question: 'room', values: [sid] }),
    'deep-page': ({ startedAt, sid }) => ({ question: 'deep-page', values: [startedAt, sid] }),
    usage: ({ from, to }) => ({ question: 'usage', values: [from, to] }),
  },
};
