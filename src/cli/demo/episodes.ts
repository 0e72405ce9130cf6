import type { Chance } from '../simulate/chance.js';
import { type Body, dated } from '../simulate/webhook-message.js';
import { doctor, member, phone } from './cast.js';
import { Scene, type Timed } from './scene.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** LiveKit never ends it. */
export const ghost = 'night-watch';

/** What everyone looks for once: it happened as the pictures tell it. */
export function episodes(now: number, chance: Chance): readonly Timed[] {
  return [
    ...consultation(lastWorkingDay(now) + 11 * HOUR + 5 * MINUTE + 41_418, chance),
    ...abandoned('field-test', now - 5 * DAY),
    ...abandoned(ghost, now - 4 * HOUR),
    ...oddities(now),
  ];
}

function lastWorkingDay(now: number): number {
  let day = Math.floor(now / DAY) * DAY - DAY;
  while ([0, 6].includes(new Date(day).getUTCDay())) day -= DAY;
  return day;
}

/** Somebody drops out and is back after 36 s, a phone is lost, and the end of one person is never told. */
function consultation(from: number, chance: Chance): readonly Timed[] {
  const to = from + 59 * MINUTE + 3 * SECOND;
  const at = (minutes: number): number => from + Math.round(minutes * MINUTE);
  const scene = new Scene('consultation-4821', 'clinic-north', { from, to });
  const [ada, chloe] = [member(0), member(9)];
  const dropped = at(25.3);
  scene.visit({ who: ada, from, to, media: ['microphone', 'camera', 'screen'] });
  scene.visit({ who: doctor, from: at(1.5), to: dropped, media: ['microphone', 'camera'], goodbye: 'lost' });
  scene.visit({ who: doctor, from: dropped + (21 + 36) * SECOND, to, media: ['microphone', 'camera'] });
  scene.visit({ who: phone('5550112'), from: at(5.5), to: at(46.6), media: ['microphone'], goodbye: 'lost' });
  scene.visit({ who: chloe, from: at(3.3), to: at(32.5), media: ['camera'], goodbye: 'unheard' });
  scene.assist({ from: at(0.2), to }, 'triage');
  scene.stream({ from: at(8.3), to: at(52.3) }, 'studio-feed', false);
  scene.record({ from: at(2.2), to: to - SECOND }, null, chance);
  return scene.told;
}

/** A node died, and LiveKit tells no end. */
function abandoned(name: string, from: number): readonly Timed[] {
  const scene = new Scene(name, 'initech', { from, to: from + DAY });
  scene.visit({ who: member(3), from, to: from + 50 * MINUTE, media: ['microphone'] });
  scene.visit({ who: member(7), from: from + MINUTE, to: from + DAY, media: ['microphone', 'camera'] });
  return scene.silentAfter(from + 50 * MINUTE);
}

/** What is kept, but cannot be projected. */
function oddities(now: number): readonly Timed[] {
  const tell = (ago: number, body: Body): Timed => ({
    at: now - ago,
    message: { key: body.event, body: dated(body, now - ago) },
  });
  const participant = { identity: 'ada-64', name: 'Ada Park' };
  return [
    tell(17 * DAY, { event: 'participant_left', room: { name: 'support-4410' }, participant }),
    tell(6 * DAY, { event: 'track_published', room: { name: 'design-review' }, track: { sid: 'TR_AMfromnobody' } }),
    tell(2 * DAY, { event: 'room_moved', room: { sid: 'RM_ofanewserver', name: 'classroom-7b' } }),
    tell(90 * MINUTE, { event: 'room_moved', room: { sid: 'RM_ofanewerserver', name: 'classroom-7b' } }),
  ];
}
