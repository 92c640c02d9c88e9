/**
 * What tshark 4.0 is known to do otherwise, as measured with the project's captures: docs/oracle.md prints it, and
 * deviations.test.ts measures it again.
 */
export interface Deviation {
  readonly id: string;
  readonly title: string;
  readonly tshark: string;
  readonly mtascope: string;
  /** How often each side prints a field; tshark with `tcp.reassemble_out_of_order` off and on. */
  readonly measured: readonly Measured[];
}

export interface Measured {
  readonly capture: string;
  readonly field: string;
  readonly off: number;
  readonly on: number;
  readonly ours: number;
}

const m = (capture: string, field: string, off: number, on: number, ours: number): Measured => ({
  capture: `crafted/${capture}.pcap`,
  field,
  off,
  on,
  ours,
});

export const DEVIATIONS: readonly Deviation[] = [
  {
    id: 'R1',
    title: 'Segments out of order, and holes',
    tshark:
      'With `tcp.reassemble_out_of_order` off (the default), a TPKT whose segments arrive out of order is not put together. With it on, nothing of a direction is dissected behind a hole that is never filled.',
    mtascope:
      'Puts segments into order as the receiver does, and goes on behind a hole when the octets there read as TPKTs again; what the hole took is reported, not guessed.',
    measured: [
      m('d_ooo', 'tpkt.length', 3, 4, 4),
      m('e_missing', 'tpkt.length', 5, 2, 5),
      m('e2_missing_aligned', 'tpkt.length', 5, 3, 5),
    ],
  },
  {
    id: 'R2',
    title: 'Lost framing, and captures that begin in mid-stream',
    tshark:
      'Expects a TPKT at the beginning of a segment and nowhere else: behind a disturbance, or in a capture that begins in mid-TPKT, the rest of the segment is “Continuation data”. A 3 that happens to stand at the beginning of a segment is taken for a version, and what its length asks for is swallowed.',
    mtascope:
      'Searches for the next place from which whole TPKTs follow each other, wherever it stands in a segment, and counts the TPKTs behind it. It counts whole TPKTs only.',
    measured: [
      m('a_len65535', 'tpkt.length', 2, 2, 3),
      m('c2_badver_mid', 'tpkt.length', 4, 4, 5),
      m('f2_midstream_coalesced', 'tpkt.length', 1, 1, 2),
      m('f3_false_sync', 'tpkt.length', 0, 0, 2),
    ],
  },
  {
    id: 'R3',
    title: 'TPKT lengths of 0 to 6',
    tshark:
      'Prints a TPKT for each of them. One of 0 to 2 ends the segment as malformed; one of 3 takes the rest of the segment for its content, and the TPKT that follows is lost; behind one of 4 to 6 the rest is “Continuation data”.',
    mtascope:
      'Lengths below 4 are no TPKT: framing is lost there and searched for anew. 4 to 6 delimit a TPKT without a whole TPDU: it is counted and reported, and the next one begins behind it (RFC 1006 asks for at least 7).',
    measured: [
      m('b_len0', 'tpkt.length', 4, 4, 3),
      m('b_len4', 'tpkt.continuation_data', 1, 1, 0),
      m('b_len5', 'tpkt.length', 4, 4, 4),
    ],
  },
  {
    id: 'R4',
    title: 'Retransmissions that overlap new octets',
    tshark:
      'With the default preferences, a longer retransmission is dropped together with the new octets that it brings.',
    mtascope: 'Takes the new octets of every segment; of octets sent twice, those that came first.',
    measured: [m('p_retrans', 'tpkt.length', 4, 6, 6)],
  },
  {
    id: 'R5',
    title: 'A TPKT that a FIN, a RST or the end of the capture cuts',
    tshark: 'Says nothing about the part that came.',
    mtascope: 'Counts whole TPKTs like tshark, and reports what is missing of the last one.',
    measured: [m('u_rst_midpdu', 'tpkt.length', 2, 2, 2), m('u_fin_midpdu', 'tpkt.length', 2, 2, 2)],
  },
  {
    id: 'R6, R7',
    title: 'COTP reassembly across streams and directions',
    tshark:
      'Numbers the fragments of TSDUs by one counter for the whole file. Two TSDUs that are under way at the same time, on two streams or in both directions of one, are mixed up; with the same address at both ends the directions are as well.',
    mtascope: 'Reassembles by stream and direction.',
    measured: [
      m('h2_cotp_counter', 'ses.type', 6, 6, 8),
      m('h3_cotp_counter_dir', 'ses.type', 6, 6, 8),
      m('i4_loopback', 'ses.type', 2, 2, 4),
    ],
  },
  {
    id: 'R11, R12',
    title: 'Typed data, expedited data and capability data',
    tshark:
      'Heuristics for T.125 and SMB, on by default, claim TSDUs by their first octets (this comparison turns them off). Also without them, user data of EX and TD do not reach the presentation layer.',
    mtascope: 'Reads SPDUs of a session that it saw open as SPDUs, and hands their user data up.',
    measured: [m('u_td', 'ses.type', 3, 3, 6), m('u_td', 'pres.presentation_context_identifier', 0, 0, 2)],
  },
  {
    id: 'R15',
    title: 'RTSE reassembly across streams',
    tshark:
      'Keeps one reassembly of RTSE for the whole file: of two messages in transfer at the same time one is lost.',
    mtascope: 'Reassembles by association and activity. The comparison splits such captures stream by stream first.',
    measured: [m('n2_p1_interleaved', 'p1.MTS_APDU', 1, 1, 2), m('j5_p1_two_interleaved', 'p1.MTS_APDU', 1, 1, 2)],
  },
  {
    id: 'R17',
    title: 'Extended concatenation',
    tshark: 'With ACTIVITY START, ACTIVITY END and DT in one TSDU, the message is not dissected.',
    mtascope:
      'Processes the SPDUs in the order of X.225 6.3.7.3. That the receiver did not offer this concatenation is a finding.',
    measured: [m('n4_extconcat', 'p1.MTS_APDU', 0, 0, 1)],
  },
  {
    id: 'R18',
    title: 'X.410-1984 mode',
    tshark: 'Does not put APDUs together from S-DATA without presentation headers: no message is dissected.',
    mtascope: 'Joins the octets of each activity, and dissects the MTS-APDU.',
    measured: [m('k_x410_app1', 'p1.MTS_APDU', 0, 0, 1), m('k_x410_app12', 'p1.MTS_APDU', 0, 0, 1)],
  },
  {
    id: 'R20',
    title: 'Mid-stream: no CONNECT in the capture',
    tshark:
      'Does not know the presentation contexts, and dissects nothing above the presentation layer unless a table of contexts is given by hand for all streams at once.',
    mtascope:
      'Recognises fragments of reliable transfer by the activities around them, and says that the beginning of the association was not seen. Tokens, serial numbers and contexts are not judged then.',
    measured: [m('mid', 'p1.MTS_APDU', 0, 0, 1), m('mid', 'p22.subject', 0, 0, 1)],
  },
  {
    id: 'R21',
    title: 'An MTS-APDU without the EXTERNAL around it',
    tshark: 'Dissects the message of a transfer only inside an EXTERNAL.',
    mtascope: 'Reads both forms.',
    measured: [m('j3_p1_noexternal', 'p1.MTS_APDU', 0, 0, 1)],
  },
];

/** Differences in what is counted at all, where neither side has to be wrong. */
export const CONVENTIONS: readonly (readonly [title: string, text: string])[] = [
  [
    'Which frame a PDU belongs to',
    'tshark shows a PDU in the frame whose arrival completed it, a message in the frame of the ACTIVITY END. mtascope names the frames of every octet, and for a finding the frame that decides it.',
  ],
  [
    'Numbers of streams',
    '`tcp.stream` counts every TCP conversation of the file; mtascope counts the streams that it analyzes, so that its numbers are the same or lower. A SYN with another sequence number opens a new stream for both; a SYN inside an established connection that the receiver answers with a challenge ACK (RFC 5961) opens one in tshark only. Sequence numbers that jump without a SYN open none: for both the stream goes on behind a hole (crafted/u_reuse_nosyn.pcap), for mtascope once the other side acknowledges what is there.',
  ],
  [
    'Damaged segments',
    'A segment whose TCP checksum is wrong, among segments whose checksums are right, and whose octets come again before they are acknowledged, was dropped by the receiver; its retransmission counts. tshark does not check by default and dissects both.',
  ],
  [
    'Frames cut by a snap length',
    'tshark prints the fields of a PDU up to the cut (crafted/u_snap.pcap: 4 TPKTs). mtascope counts and dissects whole TPKTs only (3), and says which octets are missing.',
  ],
  [
    'Selectors',
    'tshark prints a transport selector as text or as hex by its octets, under one name or the other; mtascope keeps its octets and shows both.',
  ],
];
