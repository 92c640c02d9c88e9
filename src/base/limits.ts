/** Bounds that keep memory finite whatever a capture holds. Reaching one is reported, never silent. */
export const InternalLimit = {
  /** Octets of one TSDU that is being put together. RTSE transfers stay far below: one fragment is a checkpoint at most. */
  tsduBytes: 64 << 20,
} as const;
