import type { Rule } from './rule.ts';

/** RFC 1006 §6 and RFC 2126 §4.3: the four octets in front of each TPDU (conditions T1–T6 of the protocol reference). */
export const TPKT_RULES: readonly Rule[] = [
  {
    code: 'tpkt.version',
    severity: 'error',
    title: 'A TPKT header with a version other than 3',
    clause: 'RFC 1006 §6',
    certain: 'The octet stands where the length of the TPKT before says that the next header begins.',
    help: 'Either the sender put a wrong version there, or the length of a TPKT before was wrong, so that this position is not a header at all. The second is far more common: see whether the true boundary, when it was found, lies a few octets away. A receiver that checks the version drops the connection here; one that does not takes the next two octets as a length.',
  },
  {
    code: 'tpkt.length-invalid',
    severity: 'error',
    title: 'A TPKT length below 4: shorter than its own header',
    clause: 'RFC 1006 §6',
    certain: 'The length counts the header, so that less than 4 is impossible.',
    help: 'No octets are left to read, and where the next TPKT begins is not defined. Several implementations crashed or hung on such a length (CVE-2020-15158, CVE-2006-0059). The framing is found again on evidence behind it.',
  },
  {
    code: 'tpkt.length-short',
    severity: 'warning',
    title: 'A TPKT length of 4 to 6: too short for any TPDU',
    clause: 'RFC 1006 §6 (minimum 7)',
    certain: 'RFC 1006 states a minimum of 7; RFC 2126 states none, but no TPDU is shorter than 3 octets.',
    help: 'An empty or cut TPDU. Receivers commonly ignore a bare header of 4 octets (some stacks send it to keep a connection alive), but it carries nothing that X.224 defines.',
  },
  {
    code: 'tpkt.length-mismatch',
    severity: 'warning',
    title: 'Another TPKT begins inside the length that this one declares',
    clause: 'RFC 1006 §6',
    certain:
      'Found on evidence: inside the declared length stand headers that fit each other and their TPDUs. Content that itself holds TPKTs, such as a forwarded capture, can look the same.',
    help: 'The sender declared more octets than it then sent as this TPKT. A receiver takes the following TPKTs for its content and then reads a header in the middle of something else. This is the usual first cause of a length that no sender ever meant; correct the length computation of the sending side.',
  },
  {
    code: 'tpkt.reserved',
    severity: 'note',
    title: 'The reserved octet of the TPKT header is not zero',
    clause: 'RFC 2126 §4.3, §6.10',
    certain: 'The octet is in the capture. Receivers ignore it.',
    help: 'Harmless: RFC 2126 tells receivers to ignore the octet. Exchange 4.0 before Service Pack 3 left it uninitialised (Q157015), so that any value may stand there; a decoder that insists on zero rejects good traffic.',
  },
  {
    code: 'tpkt.exceeds-tpdu-size',
    severity: 'warning',
    title: 'A TPKT longer than the negotiated TPDU size allows',
    clause: 'X.224 §13.3.4 b, §13.7.5; RFC 1006 §5',
    certain:
      'Connection request and confirm are both in the capture, so the agreed size is known. When neither states a size, 65,531 octets apply over TCP and this is not reported.',
    help: 'A class 0 TPKT carries one TPDU, so its length is at most the agreed TPDU size and 4. A receiver that sized its buffers by the negotiation has no room for this one, which is the seed of a 9404 in Exchange. If the length does not fit what follows, the header was probably read at the wrong place.',
  },
  {
    code: 'tpkt.unfinished',
    severity: 'note',
    title: 'The stream ends in the middle of a TPKT',
    clause: '– (capture artefact or broken connection)',
    certain: 'The header declares more octets than the direction carried before it ended.',
    help: 'Either the capture stopped first, or the connection was closed or reset in mid-transfer, or the declared length was wrong and the receiver still waits for octets that never come. The last is the usual sight of a misread length on a receiver that does not stop.',
  },
  {
    code: 'tpkt.not-tpkt',
    severity: 'note',
    title: 'This stream does not carry TPKTs',
    clause: 'RFC 1006 §6',
    certain: 'The first octets are not a TPKT header and match another protocol, or no TPKT is found anywhere.',
    help: 'Scanners, browsers and misdirected TLS or SSH clients also meet port 102. A receiver that does not check the version octet reads a length out of their text; pure ASCII can never ask for more than 16 elements, so that text alone does not stop an MTA in the published way.',
  },
  {
    code: 'tpkt.tls',
    severity: 'note',
    title: 'TLS where a TPKT should begin',
    clause: 'RFC 8446 §5.1',
    certain: 'The octets are a TLS record header. What is inside cannot be read from the capture.',
    help: 'TLS follows on TPKTs, as RDP agrees on it in its first exchange. From here on the direction holds no TPKTs that could be analyzed. A machine that does not check the version would take the record header for a TPKT header; its length is then small. A stream that begins with TLS is `tpkt.not-tpkt`.',
  },
  {
    code: 'tpkt.resynchronised',
    severity: 'note',
    title: 'Framing was lost and found again on evidence',
    clause: 'RFC 1006 §6',
    certain:
      'Two consecutive headers that fit their TPDUs were found. From the frame on which the framing was lost, boundaries are a well-founded guess.',
    help: 'After a hole, a start in mid-stream or a wrong length the analyzer looks for two TPKTs in a row whose lengths, TPDU codes and length indicators agree. Octets between are shown as unread. The receiving host has no such second sight: it went on with whatever stood at the wrong boundary.',
  },
];
