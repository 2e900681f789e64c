/**
 * The one door to livekit-client: whatever is not named here stays out of the bundle. Taking the
 * whole namespace would cost 10 kB more (web design, section 2).
 */
export {
  ConnectionQuality,
  ConnectionState,
  DisconnectReason,
  Room,
  RoomEvent,
  ScreenSharePresets,
  Track,
  VideoPresets,
  VideoQuality,
  setLogLevel,
} from 'livekit-client';
export type {
  LocalAudioTrack,
  LocalVideoTrack,
  Participant,
  ReconnectPolicy,
  RemoteParticipant,
  RemoteTrack,
  RemoteTrackPublication,
  RoomOptions,
  TrackPublication,
  TrackPublishOptions,
} from 'livekit-client';
