import type { Rule } from './rule.ts';

/** Conditions of the TCP stream that limit what can be said about the octets above. */
export const TCP_RULES: readonly Rule[] = [
  {
    code: 'tcp.gap',
    severity: 'warning',
    title: 'Octets are missing in the capture, though the peer acknowledged them',
    clause: 'RFC 9293 §3.4, §3.10.7.4',
    certain: 'The peer acknowledged the octets, so they were delivered; the capture point lost them.',
    help: 'The connection was sound, the capture is not. The framing is found again on evidence behind the hole and the stream counts as unanchored from there; no claim about buffers is made on it. Captures on a mirror port lose segments when the port is oversubscribed: capture on one of the hosts.',
  },
  {
    code: 'tcp.gap-unacknowledged',
    severity: 'note',
    title: 'Octets are missing and nobody acknowledged them',
    clause: 'RFC 9293 §3.4, §3.10.7.4',
    certain:
      'The sequence numbers have a hole that neither a retransmission nor an acknowledgement closes before the capture ends. Whether the octets were lost on the network or only not captured cannot be known.',
    help: 'Later octets wait for the missing ones, as they do in the receiving host; nothing behind the hole became readable there as far as the capture shows. If the connection ended at this point, look for the reason on the network.',
  },
  {
    code: 'tcp.retransmission-differs',
    severity: 'warning',
    title: 'A retransmission carries other octets than the first transmission',
    clause: 'RFC 9293 §3.8 (retransmission)',
    certain: 'Both copies are in the capture and differ in the same sequence numbers.',
    help: 'TCP may cut a retransmission at other places, but each octet has one value. A middlebox that rewrites content, a broken stack or an attempt to evade inspection can do this. The octets that arrived first are used, as most receivers do; the receiving host may have seen the others.',
  },
  {
    code: 'tcp.overlap-differs',
    severity: 'warning',
    title: 'Overlapping segments disagree about their octets',
    clause: 'RFC 9293 §3.4; RFC 5722 (the like for IP)',
    certain:
      'Two segments cover the same sequence numbers with other octets, and the later one brings further octets too, or waits behind a hole.',
    help: 'Receivers differ in which copy they keep, so the octets that the host read are uncertain here. The copy that was captured first is used. Treat findings on this stream after the named frame with care.',
  },
  {
    code: 'tcp.beyond-window',
    severity: 'note',
    title: 'A segment outside the window of its receiver',
    clause: 'RFC 9293 §3.4, §3.10.7.4; RFC 5961 §3',
    certain:
      'Sequence number and window are in the capture; the window scale is known only when the SYNs were captured.',
    help: 'A receiver ignores octets, FINs and resets that do not fit its window, or do not acknowledge its SYN; so does this analysis. Old duplicates, a port used again without its SYN in the capture, and forged resets look like this.',
  },
  {
    code: 'tcp.checksum',
    severity: 'note',
    title: 'A segment was damaged on its way: its TCP checksum does not fit',
    clause: 'RFC 9293 §3.1',
    certain:
      'Other segments of the same sender have a fitting checksum, and the octets of this one came again before the receiver acknowledged them, or were there before, or it has none.',
    help: 'The receiver drops such a segment and gets its octets again; mtascope does the same, so that damaged octets are never read as a header, and a damaged RST, FIN, SYN or acknowledgement means nothing. Where they are acknowledged first, the receiver had them, and the checksum says nothing: hosts that merge segments or leave checksums to the network card (GRO, LSO, offload) show wrong ones. Wireshark by default reads the damaged octets.',
  },
  {
    code: 'tcp.midstream',
    severity: 'note',
    title: 'The stream begins before the capture does',
    clause: 'RFC 9293 §3.5',
    certain: 'No SYN was captured for this connection.',
    help: 'Where the first TPKT begins is not known, so the framing is found on evidence and the stream counts as unanchored: no claim about buffers is made on it. Start the capture before the connection is opened; on Exchange, restarting the MTA service opens all connections anew.',
  },
  {
    code: 'tcp.truncated',
    severity: 'warning',
    title: 'A segment of this stream was cut by the snap length',
    clause: 'draft-ietf-opsawg-pcap §4 (SnapLen)',
    certain: 'The IP header says how long the segment was; the record holds less.',
    help: 'The missing octets are treated as a hole: framing goes on by evidence behind it and the stream counts as unanchored from there. Capture again with an unlimited snap length. Mirrors that truncate, and `editcap -L`, cut a frame together with its length on the wire; then the hole shows at the next frame, as for Wireshark, which takes a segment before it for lost.',
  },
  {
    code: 'tcp.one-sided',
    severity: 'note',
    title: 'Only one direction of the connection was captured',
    clause: 'RFC 9293 §3.4',
    certain:
      'Segments of the other direction are missing throughout, though their acknowledgement numbers show that octets flowed.',
    help: 'Negotiation, acknowledgements and answers of the other side are not in the capture. What one side sent is analyzed, but a limit that the missing side may have set is not known.',
  },
];
