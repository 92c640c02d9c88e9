import type { Rule } from './rule.ts';

/** What is wrong with the capture file itself. None of these says anything about the hosts in it. */
export const CAPTURE_RULES: readonly Rule[] = [
  {
    code: 'capture.truncated',
    severity: 'warning',
    title: 'The file ends in the middle of a record',
    clause: 'draft-ietf-opsawg-pcap §5; draft-ietf-opsawg-pcapng §3.1',
    certain: 'The record announces more octets than the file still has.',
    help: 'The capture program was stopped, the disk was full, or the copy is incomplete. Everything before the named offset was analyzed; the last frame is missing. Streams that run up to this point may look unfinished for that reason alone.',
  },
  {
    code: 'capture.record-length',
    severity: 'warning',
    title: 'A record has a length that cannot be',
    clause: 'draft-ietf-opsawg-pcap §5; draft-ietf-opsawg-pcapng §4.3',
    certain:
      'The captured length exceeds the limit of the format, or what its block holds; or the original length is one that no frame can have.',
    help: 'The file is damaged there, or it is not a capture. Where the captured length is wrong, a classic capture has no way back to a record boundary, so reading stops; in pcapng the block length allows the reader to go on behind the block. Copy the file again in binary mode and compare the sizes.',
  },
  {
    code: 'capture.snaplen',
    severity: 'warning',
    title: 'Frames were cut by the snap length',
    clause: 'draft-ietf-opsawg-pcap §4 (SnapLen)',
    certain:
      'The record holds fewer octets than the IP datagram that it shows had, or fewer than the frame had, and ends before the TCP ports.',
    help: 'Octets that were on the wire are not in the file. A stream that lost octets this way can be framed only by evidence from there on, and no claim about buffers is made on it. Frames that end before the TCP ports, with a snap length of 34 octets for instance, or before the window in the TCP header, belong to no stream at all. Capture again with an unlimited snap length (`tcpdump -s 0`).',
  },
  {
    code: 'capture.link-type',
    severity: 'warning',
    title: 'Unknown link type: the frames of this interface were skipped',
    clause: 'www.tcpdump.org/linktypes.html',
    certain: 'The link type is a number in the file header or the interface description.',
    help: 'The frames cannot be taken apart without knowing what stands before the IP header. Ethernet, Linux cooked (v1 and v2), BSD loopback, raw IP, PPP, Cisco HDLC, Frame Relay, Token Ring, FDDI, IEEE 802.11 (with radiotap, PPI, AVS or Prism headers too) and NFLOG are read. Convert the capture, for instance with `editcap -T`, when you know what it really holds.',
  },
  {
    code: 'capture.block',
    severity: 'warning',
    title: 'A pcapng block is malformed and was skipped',
    clause: 'draft-ietf-opsawg-pcapng §3.1',
    certain:
      'The two copies of the block length differ, the length is no multiple of 4, or a fixed part does not fit the block.',
    help: 'Reading goes on behind the block where its first length, or its second one, leads to another. Where neither does, it goes on at the nearest place within 4 MiB where a block of a known type begins whose two lengths agree, with another one behind it; what stands between is not read. Without its section header, or the description of an interface, a section cannot be read, and the next one is looked for. Frames behind such a place are numbered on from what was read: Wireshark stops at the damage and shows none of them, and a repaired file may have other numbers.',
  },
  {
    code: 'capture.interface',
    severity: 'warning',
    title: 'A packet names an interface that the file does not describe',
    clause: 'draft-ietf-opsawg-pcapng §4.3 (Interface ID)',
    certain: 'No Interface Description Block with this number stands before the packet in its section.',
    help: 'Link type and time resolution of the packet are unknown, so it is counted but not analyzed. Files put together by hand often lose the interface description; `mergecap` writes it again.',
  },
  {
    code: 'capture.time',
    severity: 'note',
    title: 'Time runs backwards between frames, or a frame has none',
    clause: 'draft-ietf-opsawg-pcap §5 (Timestamp); draft-ietf-opsawg-pcapng §4.4',
    certain: 'The time stamps themselves show it. The order of frames in the file is taken as the order of arrival.',
    help: 'The clock was set while capturing, or frames of several interfaces were merged in another order. Frames are processed in the order of the file, as Wireshark does; durations across this point are not meaningful. `reordercap` sorts a capture by time. A simple packet block of pcapng has no time: its frame is taken to come with the one before it, or with the first one that has a time, and to stand in 1970 where none has; what is said of waits and durations beside it rests on that.',
  },
  {
    code: 'capture.compression',
    severity: 'warning',
    title: 'The compressed capture is damaged or cut',
    clause: 'RFC 1952 §2.3',
    certain: 'The decompressor reported it.',
    help: 'What could be decompressed before the damage was analyzed. Fetch the file again, or try to repair it before judging what is missing.',
  },
  {
    code: 'capture.fragments',
    severity: 'note',
    title: 'IP fragments could not be put together',
    clause: 'RFC 791 §3.2; RFC 8200 §4.5; RFC 5722',
    certain:
      'Fragments of one datagram are missing in the capture, contradict each other (other octets in the same place, or another end), or exceed what is kept.',
    help: 'TCP octets in datagrams that were not put together are treated as missing. Where fragments of IPv4 contradict each other, what came first is taken; in IPv6 such a datagram is dropped, as its receiver drops it (RFC 5722). On a live network this is rare for port 102, since path MTU discovery avoids fragments; a capture point behind a tunnel or a filter that keeps only first fragments (`port 102`) is the usual cause. Capture with a filter that includes fragments (`or ip[6:2] & 0x1fff != 0`).',
  },
  {
    code: 'capture.limit',
    severity: 'warning',
    title: 'A limit of the analysis was reached',
    clause: '–',
    certain: 'The limit and what was left out are named in the message.',
    help: 'A TSDU, and an SSDU in several segments, is put together in memory up to a limit. A longer one is not read, so that the absence of findings in it proves nothing; its TPKTs are judged all the same. A sender that never ends its TSDU looks like this.',
  },
];
