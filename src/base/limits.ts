/** Bounds that keep memory finite whatever a capture holds. Reaching one is reported, never silent. */
export const InternalLimit = {
  /** Octets of one TSDU that is being put together. RTSE transfers stay far below: one fragment is a checkpoint at most. */
  tsduBytes: 64 << 20,
  /** Octets of one segmented SSDU, or of the user data of a CONNECT with overflow, that is being put together. */
  ssduBytes: 16 << 20,
} as const;
