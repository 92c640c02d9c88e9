import type { Rule } from './rule.ts';

/** What the emulated Exchange MTA would log. Sources: Microsoft articles by their Q number; see docs/mta.md. */
export const MTA_RULES: readonly Rule[] = [
  {
    code: 'mta.9404',
    severity: 'error',
    title: 'The MTA would stop here with event 9404: an illegal buffer request',
    clause: 'Q182619; RFC 1006 §6 (packet length)',
    certain:
      'Every admissible model of the chosen profile calls the request illegal. The element size (2,072 octets) is inferred from three published crash reports, not from a documented constant; that a larger request is never more legal than a smaller one is assumed. A finding whose header has a version octet other than 3 also assumes that the version octet is not checked. The frame is that of the first copies in the capture; where octets came again before they were acknowledged, the MTA may have read the header only then, and the finding names the frames.',
    help: 'The receiving MTA reads the length out of four octets that it takes for a TPKT header and asks its buffer manager for that many elements at once; the request is refused as illegal and the process stops with severity 16. Look at the frame of the disturbance first: usually a TPKT before this one declared another length than it carried, so that the next header was read a few octets late and `02 F0 80` (the start of every final DT TPDU) became a length of 61,568. Correct the sender of that TPKT. On the MTA, Exchange 5.5 Service Pack 1 (MTA build 2232.18) or later contains the fix; for 5.0 and 4.0 there is only a hotfix. With the registry value "Raise Exception on fatal error" the process does not exit but raises an exception, 0xE00524BC by the rule of Q149422 (0xE005 and the number of the event).',
  },
  {
    code: 'mta.9404-possible',
    severity: 'warning',
    title: 'The MTA may stop here with event 9404: the request is illegal under some admissible models',
    clause: 'Q182619; RFC 1006 §6 (packet length)',
    certain:
      'The legal limit of the buffer manager is not published. This request lies between what is known to have been legal (15 elements) and what is known to have been illegal (30 in 5.0, 29 in 5.5), or at an edge that the rounding or the length basis decides.',
    help: 'The declared length needs more elements than a published case proves harmless and fewer than one proves fatal. No honest tool can say more without an observation from your own server: give an event line of it to `mtascope calibrate`, which narrows the profile. Whatever the server does with it, a TPKT of this length is far above the 2,052 octets that an association with 2,048-octet TPDUs can need.',
  },
  {
    code: 'mta.9404-fixed',
    severity: 'note',
    title: 'This request would, or might, have been a 9404 before the fix (MTA build 2232.18)',
    clause: 'Q182619, Q242221',
    certain:
      'That Service Pack 1 of Exchange 5.5 contains the fix is documented. What the corrected MTA does with the request is not; the emulation assumes that it drops the connection and goes on.',
    help: 'The profile describes a corrected MTA, so nothing is reported as fatal. The same octets stop an Exchange 4.0, 5.0 or 5.5 without service pack, or may stop it where only some admissible models call the request illegal. Choose a vulnerable profile (`--profile exchange-5.5`) to see the event as those versions would log it.',
  },
  {
    code: 'mta.unknown-request',
    severity: 'note',
    title: 'A header with a length of 0 to 3: what the MTA does next is not known',
    clause: 'RFC 1006 §6',
    certain: 'The header is in the capture. No published case shows how the MTA treats such a length.',
    help: 'A length below 4 leaves no octets to request, so that no buffer request follows from it. Whether the MTA drops the connection, reads on behind the header or counts below zero is unknown; other implementations crashed on exactly this (CVE-2020-15158). The finding about the TPKT itself says where to look.',
  },
  {
    code: 'mta.9215',
    severity: 'warning',
    title: 'The MTA would log event 9215: a connect() call failed',
    clause: 'Q182619, Q170056; RFC 9293 §3.5.2, RFC 1122 §4.2.3.9',
    certain:
      'The refusal, the silence or the ICMP message is on the wire; a message counts only when it quotes the SYN with its sequence number and goes to the host that sent it. That Windows NT goes on trying after ICMP and then reports 10051 or 10065 is inferred from RFC 1122 and the names of the errors: Q152941 and Q154301 show 10051, no article shows 10065. That the host which sent the SYN is an Exchange MTA is known only when you name it (`--mta`) or its other traffic shows it. Thread number and control block index are illustrative.',
    help: 'Winsock error 10061: the peer answered each SYN with a RST; Windows NT tries up to four times before it reports one failure. Winsock error 10060: no answer within about 45 seconds (SYNs at 0, 3, 9 and 21 seconds). 10051 and 10065: no answer in that time either, but a router or host said by ICMP that the network or the host cannot be reached; look there. Which error follows on other codes (port unreachable, what a firewall sends in place of a RST; administratively prohibited) is not known, so that no event is listed for them. By itself the event is ordinary: the other MTA is down, or something filters its port. Microsoft prints it beside 9404 but never says that it causes it, and whether it does is unknown.',
  },
  {
    code: 'mta.9215-possible',
    severity: 'note',
    title: 'A connect() was not answered while the capture lasted',
    clause: 'Q140552; RFC 9293 §3.10.3',
    certain:
      'The SYNs and the silence are in the capture. Windows NT gives up about 45 seconds after the first SYN; the capture ends earlier, so that whether an answer came in time cannot be known.',
    help: 'Event 9215 with Winsock error 10060 follows if the peer stays silent; where ICMP said why, with another (see mta.9215). Look for a filter in front of port 102 or a host that is down, and capture for a minute after the first SYN to be sure.',
  },
  {
    code: 'mta.9156',
    severity: 'warning',
    title: 'The MTA would log event 9156: no free control block',
    clause: 'Q166602, Q200259, Q243632',
    certain:
      'The configured count (20 by default: one to listen, one for each connection) is documented, but a server may be configured otherwise: `--set controlBlocks=N`. Connections that the capture does not show also take control blocks, so the real machine may run out earlier, never later.',
    help: 'More connections were open at the same time than the MTA has TCP/IP control blocks. The registry value "TCP/IP control blocks" sets the number; ten for each X.400 connector and one to listen is the usual advice. In some versions control blocks were lost when the session-layer disconnect timer (120 s) ended before the transport layer gave up its open; 300 to 600 seconds is advised there. It is told once for a host, at the first connection that finds none; the message has the number of all of them.',
  },
  {
    code: 'mta.not-in-capture',
    severity: 'warning',
    title: 'A host that is named as an MTA is not in the capture',
    clause: '–',
    certain: 'No stream on the ports looked at has this address; a note where other hosts that are named are there.',
    help: 'Once MTAs are named (`--mta`, or `mta` in a policy) no other host counts as one, so that no event is claimed for any host of this capture when none of them is in it. Compare the address with what `mtascope streams` lists, and look at `--port`; without `--mta`, hosts with X.400 evidence count.',
  },
];
