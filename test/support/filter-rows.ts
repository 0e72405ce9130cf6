import { at, type Rows } from './rows.js';

const past = { startedAt: at('08:00:00'), endedAt: at('09:00:00'), endSource: 'REPORTED' };
const empty = { startedAt: at('09:30:00'), endedAt: at('09:30:00'), endSource: 'CASCADED' };
const inferred = { startedAt: at('11:00:00'), startSource: 'INFERRED' };

/** Of every kind: one that is over (1), one that is open since ten (2), and odd ones. */
export async function insertFilterRows(rows: Rows): Promise<void> {
  await Promise.all([
    rooms(rows),
    participants(rows),
    tracks(rows),
    egresses(rows),
    ingressSessions(rows),
    agentJobs(rows),
    events(rows),
  ]);
}

function rooms(rows: Rows): Promise<unknown> {
  return rows.rooms(
    {
      ...past,
      sid: 'RM_1',
      roomName: 'acme_daily',
      metadata: '{}',
      metadataJson: { tenant: { id: 7, on: true, o: {} }, plan: 'pro' },
    },
    { sid: 'RM_2', roomName: 'acme_weekly', participantCount: 2, metadataJson: { tenant: { id: '7' }, plan: null } },
    { ...inferred, sid: 'RM_3', roomName: 'b%_x', participantCount: 5, metadata: 'no json' },
    { ...empty, sid: 'RM_4', roomName: 'Acme\uFFFD' },
    { sid: 'RM_5', roomName: 'future', startedAt: at('12:30:00') },
  );
}

function participants(rows: Rows): Promise<unknown> {
  const rich = {
    attributes: { 'sip.phoneNumber': '+49', n: 5 },
    kindDetails: ['SIMULATION', 'CLOUD_AGENT'],
    hidden: true,
  };
  return rows.participants(
    {
      ...past,
      ...rich,
      sid: 'PA_1',
      roomSid: 'RM_1',
      roomName: 'acme_daily',
      state: 'LEFT',
      disconnectReason: 'CLIENT_INITIATED',
    },
    {
      sid: 'PA_2',
      roomSid: 'RM_2',
      roomName: 'acme_weekly',
      name: 'Bob',
      identity: 'bob',
      kind: 'AGENT',
      kindDetails: ['FORWARDED'],
    },
    { ...inferred, sid: 'PA_3', roomSid: 'RM_3', roomName: 'b%_x', identity: 'anna', kind: 'ROBOT' },
    {
      ...past,
      sid: 'PA_4',
      roomSid: 'RM_3',
      roomName: 'b%_x',
      identity: 'cy',
      state: 'ABORTED',
      disconnectReason: 'JOIN_FAILURE',
    },
    { ...empty, sid: 'PA_5', roomSid: 'RM_4', roomName: 'Acme\uFFFD', identity: 'cy', state: 'LEFT' },
  );
}

function tracks(rows: Rows): Promise<unknown> {
  return rows.tracks(
    {
      ...past,
      sid: 'TR_1',
      roomSid: 'RM_1',
      participantSid: 'PA_1',
      type: 'VIDEO',
      source: 'CAMERA',
      mimeType: 'video/VP8',
    },
    { sid: 'TR_2', roomSid: 'RM_2', participantSid: 'PA_2', mimeType: 'audio/opus' },
    { ...inferred, sid: 'TR_3', roomSid: 'RM_3', participantSid: 'PA_3', type: 'SMELL', source: 'NOSE' },
    { ...empty, sid: 'TR_4', roomSid: 'RM_3', participantSid: 'PA_3', type: 'DATA', source: 'UNKNOWN' },
  );
}

function egresses(rows: Rows): Promise<unknown> {
  return rows.egresses(
    { ...past, egressId: 'EG_1', roomSid: 'RM_1', roomName: 'acme_daily', status: 'EGRESS_COMPLETE', type: 'WEB' },
    { egressId: 'EG_2', roomSid: 'RM_2', roomName: 'acme_weekly', type: 'ROOM_COMPOSITE' },
    { ...inferred, egressId: 'EG_3', roomSid: 'RM_3', roomName: null, status: 'EGRESS_PAUSED', type: null },
    { ...empty, egressId: 'EG_4', roomSid: null, roomName: null, status: 'EGRESS_FAILED', type: 'NEWER' },
    { egressId: 'EG_5', roomSid: 'RM_1', roomName: 'acme_daily', status: 'EGRESS_ENDING', type: 'TRACK' },
    { egressId: 'EG_6', roomSid: 'RM_5', roomName: 'other', type: 'TRACK' },
  );
}

function ingressSessions(rows: Rows): Promise<unknown> {
  const over = { status: 'ENDPOINT_COMPLETE', inputType: 'WHIP_INPUT' };
  return rows.ingressSessions(
    { ...past, ...over, resourceId: 'RT_1', ingressId: 'IN_1', roomSid: 'RM_1', roomName: 'acme_daily' },
    { resourceId: 'RT_2', ingressId: 'IN_1', roomSid: 'RM_2', roomName: 'acme_weekly' },
    {
      ...inferred,
      resourceId: 'RT_3',
      ingressId: 'IN_3',
      roomSid: null,
      roomName: 'b%_x',
      status: 'ENDPOINT_NEW',
      inputType: 'SRT_INPUT',
    },
    {
      ...empty,
      resourceId: 'RT_4',
      ingressId: 'IN_4',
      roomSid: 'RM_4',
      inputType: 'URL_INPUT',
      status: 'ENDPOINT_ERROR',
    },
  );
}

function agentJobs(rows: Rows): Promise<unknown> {
  return rows.agentJobs(
    { ...past, jobId: 'AJ_1', roomSid: 'RM_1', roomName: 'acme_daily', agentName: 'helper', status: 'JS_SUCCESS' },
    { jobId: 'AJ_2', roomSid: 'RM_2', roomName: 'acme_weekly', agentName: 'hero' },
    { ...inferred, jobId: 'AJ_3', roomSid: 'RM_3', roomName: 'b%_x', status: 'JS_NEWER' },
    { jobId: 'AJ_4', roomSid: 'RM_3', roomName: 'b%_x', waiting: true, status: 'JS_PENDING' },
  );
}

function events(rows: Rows): Promise<unknown> {
  const people = { participantSid: 'PA_1', participantIdentity: 'ann' };
  const early = { createdAt: at('08:00:00'), receivedAt: at('08:00:02') };
  return rows.events(
    { id: 'EV_1', ...early, event: 'participant_joined', roomSid: 'RM_1', roomName: 'acme_daily', ...people },
    {
      id: 'EV_2',
      event: 'track_published',
      roomSid: 'RM_2',
      roomName: 'acme_weekly',
      participantSid: 'PA_2',
      trackSid: 'TR_2',
    },
    { id: 'EV_3', event: 'egress_started', egressId: 'EG_1', projected: false, problem: 'odd' },
    { id: 'EV_4', event: 'ingress_started', ingressId: 'IN_1', resourceId: 'RT_1' },
    { id: 'EV_5', event: 'agent_job_started', jobId: 'AJ_1' },
  );
}
