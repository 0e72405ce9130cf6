/** Values of one session of the tables, to ask with. */
export interface Sample {
  readonly sid: string;
  readonly identity: string;
  readonly prefix: string;
  readonly roomSid: string;
  readonly roomName: string;
  readonly joinedAt: string;
  readonly dayLater: string;
  /** A minute before the tables came alive, which is the same for all sizes. */
  readonly minuteAgo: string;
}

const page = (list: string, args: string, fields: string): string =>
  `{ ${list}(first: 50, ${args}) { nodes { ${fields} } pageInfo { hasNextPage } } }`;
const people = (args: string): string => page('participants', args, 'sid identity joinedAt leftAt durationSeconds');

/** What is asked of small and of large tables alike; each question's page is full in all of them. */
export const questions: Readonly<Record<string, (sample: Sample) => string>> = {
  'newest participants': () => people(''),
  'a page deep among them': (sample) => people(`after: "${cursorOf(sample)}"`),
  'an identity’s history': ({ identity }) => people(`filter: {identity: {eq: "${identity}"}}`),
  'identities by prefix': ({ prefix }) => people(`filter: {identity: {startsWith: "${prefix}"}}`),
  'participants of a room name': ({ roomName }) => people(`filter: {roomName: {eq: "${roomName}"}}`),
  'participants by sid': ({ sid }) => people(`filter: {sid: ["${sid}"]}`),
  'participants that are there': () => people('filter: {active: true}'),
  'started within a day': (day) => people(`filter: {joinedAt: ${range(day)}}`),
  'ended within a day': (day) => people(`filter: {leftAt: ${range(day)}}`),
  'ended within a day, by end': (day) =>
    people(`filter: {leftAt: ${range(day)}}, orderBy: {field: LEFT_AT, direction: DESC}`),
  'there a minute ago': ({ minuteAgo }) => people(`filter: {activeAt: "${minuteAgo}"}`),
  'there during a day': ({ joinedAt, dayLater }) =>
    people(`filter: {activeDuring: {from: "${joinedAt}", to: "${dayLater}"}}`),
  'active rooms with their people': () =>
    page('rooms', 'filter: {active: true}', 'sid name participants(first: 10) { nodes { identity joinedAt } }'),
  'one room with all of it': ({ roomSid }) =>
    `{ room(sid: "${roomSid}") { name participants(first: 50) { nodes { identity } } tracks(first: 50) { nodes { type } }
       egresses { nodes { status } } } }`,
  'newest in the log': () => page('webhookEvents', '', 'id event roomName'),
  'a participant’s events': ({ sid }) => page('webhookEvents', `filter: {participantSid: ["${sid}"]}`, 'id event'),
};

function range({ joinedAt, dayLater }: Sample): string {
  return `{gte: "${joinedAt}", lt: "${dayLater}"}`;
}

function cursorOf({ joinedAt, sid, roomName }: Sample): string {
  const parts = ['Query.participants', 'JOINED_AT', 'DESC', joinedAt, sid, roomName];
  return Buffer.from(JSON.stringify(parts)).toString('base64url');
}
