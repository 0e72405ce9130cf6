export interface Sample {
  readonly name: string;
  readonly text: string;
  /** Of the present, where it asks for a time. */
  readonly variables?: (now: number) => object;
}

const DAY = 86_400_000;
const lastDays = (days: number) => (now: number) => ({
  from: new Date(now - days * DAY).toISOString(),
  to: new Date(now).toISOString(),
});

export const samples: readonly Sample[] = [
  {
    name: 'Open rooms',
    text: `# Every open room, the busiest first
{
  rooms(filter: {active: true}, orderBy: {field: PARTICIPANT_COUNT, direction: DESC}) {
    nodes { name startedAt participantCount recording }
    totalCount { value }
  }
}`,
  },
  {
    name: 'A room’s people',
    text: `# Who was in the newest session of a room, and how each left
# Of one name: {"filter": {"name": {"eq": "consultation-4821"}}}
query People($filter: RoomFilter) {
  rooms(filter: $filter, first: 1) {
    nodes {
      name
      startedAt
      endedAt
      participants(first: 100, orderBy: {field: JOINED_AT, direction: ASC}) {
        nodes { identity kind joinedAt leftAt durationSeconds disconnectReason endSource }
      }
    }
  }
}`,
    variables: () => ({ filter: { active: false } }),
  },
  {
    name: 'One person',
    text: `# All sessions of one identity
query Person($identity: String!) {
  participants(filter: {identity: {eq: $identity}}, first: 50) {
    nodes { roomName joinedAt leftAt durationSeconds disconnectReason }
  }
}`,
    variables: () => ({ identity: 'ada-64' }),
  },
  {
    name: 'Invoice',
    text: `# Started minutes by tenant, as LiveKit Cloud bills
query Invoice($from: DateTime!, $to: DateTime!) {
  usage(
    meter: PARTICIPANT
    from: $from
    to: $to
    groupBy: [{roomMetadata: "tenant"}]
    filter: {excludeParticipantKind: [AGENT, EGRESS]}
  ) {
    group { value }
    minutes(rounding: CEIL_SESSION)
    certainMinutes(rounding: CEIL_SESSION)
    sessions
    final
  }
}`,
    variables: lastDays(30),
  },
  {
    name: 'By the hour',
    text: `# People connected in each hour
query Hours($from: DateTime!, $to: DateTime!) {
  usage(meter: PARTICIPANT, from: $from, to: $to, interval: HOUR) {
    from
    averageConcurrency
    peakConcurrency
    identities
  }
}`,
    variables: lastDays(1),
  },
  {
    name: 'Top rooms',
    text: `# The ten rooms with the most time, and all others
query TopRooms($from: DateTime!, $to: DateTime!) {
  usage(
    meter: PARTICIPANT
    from: $from
    to: $to
    groupBy: [{field: ROOM_NAME}]
    top: {by: SECONDS, first: 10, others: true}
  ) {
    group { value }
    others
    seconds
    sessions
  }
}`,
    variables: lastDays(7),
  },
  {
    name: 'Lost connections',
    text: `# Who lost the connection
query Lost($from: DateTime!, $to: DateTime!) {
  participants(
    filter: {disconnectReason: ["CONNECTION_TIMEOUT", "SIGNAL_CLOSE"], activeDuring: {from: $from, to: $to}}
  ) {
    nodes { identity roomName leftAt endUncertaintySeconds region }
  }
}`,
    variables: lastDays(7),
  },
  {
    name: 'Not certain',
    text: `# Sessions whose end nobody told
query Derived($from: DateTime!, $to: DateTime!) {
  participants(
    filter: {endSource: [CASCADED, SUPERSEDED, EXPIRED], activeDuring: {from: $from, to: $to}}
  ) {
    nodes { identity roomName joinedAt lastSeenAt leftAt endSource endUncertaintySeconds }
  }
}`,
    variables: lastDays(7),
  },
  {
    name: 'Recordings',
    text: `# Recordings and streams out, with their files
query Recordings($from: DateTime!, $to: DateTime!) {
  egresses(filter: {activeDuring: {from: $from, to: $to}}) {
    nodes { egressId type status roomName durationSeconds error outputs { kind filename sizeBytes } }
  }
}`,
    variables: lastDays(7),
  },
  {
    name: 'Quality',
    text: `# How good the record is
query Quality($from: DateTime!, $to: DateTime!) {
  quality(meter: PARTICIPANT, from: $from, to: $to, interval: DAY) {
    from
    sessions
    ends { source sessions }
    uncertainSeconds
    doubledEvents
    disorderedEvents
    maxDelaySeconds
  }
}`,
    variables: lastDays(7),
  },
  {
    name: 'Problems',
    text: `# Webhooks that were kept and not understood
{
  webhookEvents(filter: {projected: false}, first: 20) {
    nodes { id event createdAt problem payload }
  }
}`,
  },
  {
    name: 'Webhooks, live',
    text: `# Every webhook from now on: Stop ends it
subscription {
  webhookEvents {
    cursor
    node { event createdAt roomName participantIdentity }
  }
}`,
  },
];
