/**
 * What a field is, for redaction.
 * `secret`: hidden, of whatever shape. `account`: the same, but the path of a file may hold that word.
 * `suspect`: not of the protocol, hidden for its name. `url`: read as one. `location`: a file's path or URL.
 * `text`: searched for URLs. `new`: not of the protocol, so it may be JSON too.
 * `own`: written by LiveKit's user; only what was hidden elsewhere is hidden in it.
 * `value`: an enum's name, or an integer. `key`: an id, or a name that is one; never changed.
 */
export type Kind = 'secret' | 'account' | 'suspect' | 'url' | 'location' | 'text' | 'new' | 'own' | 'value' | 'key';

const upload = { endpoint: 'url', metadata: 'own', tagging: 'own', contentDisposition: 'own' } as const;
const room = { roomName: 'key' } as const;
const tracks = { trackId: 'key', videoTrackId: 'key', audioTrackId: 'key', participantIdentity: 'key' } as const;
const files = {
  filepath: 'location',
  filename: 'location',
  location: 'location',
  filenamePrefix: 'location',
  playlistName: 'location',
  livePlaylistName: 'location',
  playlistLocation: 'location',
  livePlaylistLocation: 'location',
} as const;

/** By message of the protocol. Texts that are not listed are of the kind `text`. */
export const fieldKinds: Readonly<Record<string, Readonly<Record<string, Kind>>>> = {
  WebhookEvent: { event: 'key', id: 'key', createdAt: 'key' },
  Room: { sid: 'key', name: 'key', turnPassword: 'secret', metadata: 'own' },
  ParticipantInfo: { sid: 'key', identity: 'key', metadata: 'own', attributes: 'own' },
  TrackInfo: { sid: 'key' },
  DataTrackInfo: { sid: 'key' },
  EgressInfo: { egressId: 'key', roomId: 'key', roomName: 'key', manifestLocation: 'location' },
  StartEgressRequest: room,
  ExportReplayRequest: { replayId: 'key' },
  RoomCompositeEgressRequest: { ...room, customBaseUrl: 'url' },
  TemplateSource: { customBaseUrl: 'url' },
  WebEgressRequest: { url: 'url' },
  WebSource: { url: 'url' },
  MediaSource: tracks,
  AudioRoute: tracks,
  ParticipantVideo: { identity: 'key' },
  ParticipantEgressRequest: { ...room, identity: 'key' },
  TrackCompositeEgressRequest: { ...room, ...tracks },
  TrackEgressRequest: { ...room, ...tracks, websocketUrl: 'url' },
  StreamOutput: { urls: 'url' },
  // From protocol 1.53 on.
  StreamDestination: { url: 'url' },
  StreamInfo: { url: 'url' },
  WebhookConfig: { url: 'url', signingKey: 'secret' },
  S3Upload: {
    ...upload,
    accessKey: 'secret',
    secret: 'secret',
    sessionToken: 'secret',
    assumeRoleExternalId: 'secret',
  },
  AliOSSUpload: { ...upload, accessKey: 'secret', secret: 'secret' },
  GCPUpload: { credentials: 'secret' },
  AzureBlobUpload: { accountName: 'account', accountKey: 'secret' },
  ProxyConfig: { url: 'url', username: 'account', password: 'secret' },
  FileOutput: files,
  EncodedFileOutput: files,
  DirectFileOutput: files,
  SegmentedFileOutput: files,
  ImageOutput: files,
  FileInfo: files,
  SegmentsInfo: files,
  ImagesInfo: files,
  IngressInfo: {
    ingressId: 'key',
    streamKey: 'secret',
    url: 'url',
    roomName: 'key',
    participantIdentity: 'key',
    participantMetadata: 'own',
  },
  IngressState: { roomId: 'key', resourceId: 'key' },
  Job: { id: 'key', dispatchId: 'key', metadata: 'own', attributes: 'own' },
  JobState: { participantIdentity: 'key', workerId: 'key', agentId: 'key' },
};
