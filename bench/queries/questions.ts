/** What each question is about: its values are drawn from the tables, so that every database can be asked. */
export interface Samples {
  readonly 'active-rooms': Readonly<Record<string, never>>;
  readonly history: { readonly identity: string; readonly from: string; readonly to: string };
  readonly room: { readonly sid: string };
  readonly 'deep-page': { readonly startedAt: string; readonly sid: string };
  readonly usage: { readonly from: string; readonly to: string };
}

export type Question = keyof Samples;

export const questions: Readonly<Record<Question, string>> = {
  'active-rooms': 'the 50 newest active rooms, each with its 10 newest participants',
  history: "an identity's sessions over a year, with their rooms",
  room: 'one room with its participants, tracks and egress',
  'deep-page': 'the 50 participants after one in the middle of all',
  usage: 'participant seconds and sessions of a month, by day',
};

/** A request's body. */
export type Body = Readonly<Record<string, unknown>>;

/** Asks the peer itself: some need it to make a question, such as its own cursor of a row. */
export type Post = (body: Body) => Promise<unknown>;

/** One way to answer the questions; those that it cannot are left out. */
export interface Peer {
  readonly name: string;
  /** Node's arguments for its server: it reads DATABASE_URL, and listens at PORT. */
  readonly program: readonly string[];
  readonly path: string;
  readonly asks: { readonly [Q in Question]?: (sample: Samples[Q], post: Post) => Body | Promise<Body> };
}
