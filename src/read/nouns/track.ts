import { participant } from './participant.js';
import { plain, word, words } from '../columns.js';
import * as filter from '../filters.js';
import type { Ends, Noun } from '../noun.js';
import { sessionColumns, sessionFilters, sessionOrders } from './session.js';
import { room } from './room.js';

const ends: Ends = { start: 'publishedAt', end: 'unpublishedAt' };
export const types = words(['AUDIO', 'VIDEO', 'DATA']);
export const sources = words(['UNKNOWN', 'CAMERA', 'MICROPHONE', 'SCREEN_SHARE', 'SCREEN_SHARE_AUDIO']);

export const track: Noun = {
  type: 'Track',
  table: 'track',
  id: ['sid', 'room_name'],
  columns: {
    id: 'sid',
    sid: 'sid',
    type: word('type', types),
    source: word('source', sources),
    ...sessionColumns(ends),
    ...plain(
      'name',
      'mimeType',
      'width',
      'height',
      'muted',
      'encryption',
      'stream',
      'roomSid',
      'participantSid',
      'info',
    ),
  },
  keys: ['id', 'sid', 'roomSid', 'roomName', 'participantSid'],
  filters: {
    ...sessionFilters(ends),
    sid: filter.oneOf('sid'),
    roomSid: filter.oneOf('room_sid'),
    participantSid: filter.oneOf('participant_sid'),
    type: filter.word('type', types),
    source: filter.word('source', sources),
    mimeType: filter.text('mime_type'),
  },
  orders: sessionOrders(ends, ['sid', 'room_name']),
  defaultOrder: 'PUBLISHED_AT',
  ends,
  pointers: { room: { noun: room, id: 'roomSid' }, participant: { noun: participant, id: 'participantSid' } },
};
