/** Every bound of the live protocol, with what happens at it. A test or a bench may set its own. */
export interface LiveLimits {
  /** Sockets at once; one more is closed with 4429. */
  readonly connections_max: number;
  /** Frames that one client may send in `message_window_ms`; one more closes it with 4429. */
  readonly messages_max: number;
  readonly message_window_ms: number;
  /** Bytes of one frame from a client; ws closes a longer one with 1009. */
  readonly message_bytes_max: number;
  /** Unsent bytes that are held for one client: for a frame beyond it, it gets the coalesced state when it has drained. */
  readonly buffered_bytes_max: number;
  /** So long may a client stay behind; then it is closed with 1013. */
  readonly behind_ms_max: number;
  /** How often clients that are behind are looked at. */
  readonly sweep_ms: number;
  /** Patches of each topic that are kept for clients which come back or lag; older positions get a snapshot. */
  readonly ring_patches_max: number;
  /** Rows held by those patches, all together in one topic. */
  readonly ring_ops_max: number;
  /** Time between heartbeats; with each, the right of every client to be here is checked again. */
  readonly heartbeat_ms: number;
  /** A socket whose peer has not answered a ping for so many heartbeats is cut. */
  readonly silent_heartbeats_max: number;
  /** After a close frame, so long until the connection is cut. */
  readonly close_grace_ms: number;
}

export const LIVE_LIMITS: LiveLimits = {
  connections_max: 10_000,
  messages_max: 120,
  message_window_ms: 10_000,
  message_bytes_max: 16_384,
  buffered_bytes_max: 65_536,
  behind_ms_max: 20_000,
  sweep_ms: 50,
  ring_patches_max: 1_024,
  ring_ops_max: 20_000,
  heartbeat_ms: 5_000,
  silent_heartbeats_max: 6,
  close_grace_ms: 2_000,
};
