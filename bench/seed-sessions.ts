// npm run bench -- seed-sessions [sessions] [rooms] [days] [log]
//
// Fills the tables of DATABASE_URL, which must be empty, with the participant sessions of so many days that end
// now (a year), and the rooms, tracks, egress, ingress sessions and agent jobs that go with them; with `log`, a log as big as theirs.
import { prepare } from '../src/database/prepare.js';
import { seedLog, seedSessions } from '../harness/seed/sessions.js';

const url = process.env['DATABASE_URL'];
if (url === undefined) throw new Error('DATABASE_URL must be set.');
const sessions = Number(process.argv[2] ?? 10_000_000);
const rooms = Number(process.argv[3] ?? Math.ceil(sessions / 200));
const days = Number(process.argv[4] ?? 365);

await prepare(url);
const began = performance.now();
await seedSessions(url, { sessions, rooms, days, until: Date.now() });
if (process.argv[5] === 'log') await seedLog(url);
console.log(`${sessions} sessions in ${rooms} rooms in ${((performance.now() - began) / 1000).toFixed(1)} s`);
