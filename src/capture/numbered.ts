/**
 * pcapng blocks that are no packets and that Wireshark gives the number of a frame all the same: what `frame.number` means there counts
 * them, and so do we. By type, with the octets that one has at least; Wireshark reads no further behind a shorter one.
 */
const NUMBERED: ReadonlyMap<number, number> = new Map([
  [0x0bad, 16], // Custom Block (draft-ietf-opsawg-pcapng 4.7)
  [0x40000bad, 16], // Custom Block that is not to be copied
  [9, 36], // systemd Journal Export Block (4.8), at least with its time
  [0x204, 36], // Sysdig events
  [0x216, 40],
  [0x221, 40],
]);

/** Whether a block counts as a frame without being a packet. @param length octets of the whole block */
export function isNumbered(type: number, length: number): boolean {
  return length >= (NUMBERED.get(type) ?? Number.POSITIVE_INFINITY);
}
