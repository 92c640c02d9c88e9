import type { Finding, LogEvent, Severity } from './finding.ts';
import type { Association, Message } from './message.ts';
import type { Rows } from './rows.ts';
import type { Stamp } from './tsdu.ts';

/** The JSON report is a contract: `schema/report.schema.json` describes it, `schemaVersion` names its version. */
export const SCHEMA_VERSION = '1.0';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

export interface DirectionReport {
  /** address:port of the sender and of the receiver. */
  readonly from: string;
  readonly to: string;
  /** TCP segments that carry payload. */
  readonly segments: number;
  /** Octets of the reassembled direction (each octet once, holes not counted). */
  readonly bytes: number;
  /** Whole TPKTs in those octets. */
  readonly tpkts: number;
  /** DT TPDUs with EOT. */
  readonly tsdus: number;
  /** Segments that bring octets again, without keep-alives and probes of a closed window. */
  readonly retransmissions: number;
  readonly outOfOrder: number;
  /** Holes in the octets: lost in the capture, or never seen. */
  readonly gaps: number;
  readonly gapBytes: number;
  /** Longest TPKT length that a header declared and the framing accepted, 0 without a TPKT. */
  readonly maxTpktLength: number;
  /** High-water mark of buffer elements that the receiving machine holds for this direction under the profile. */
  readonly peakElements: number;
}

/** How the TCP connection stands when the capture ends. */
export type StreamState =
  | 'refused' // SYN answered by RST
  | 'unanswered' // SYN never answered
  | 'opening' // SYN and SYN-ACK, nothing more
  | 'open' // not closed within the capture
  | 'half-closed' // one FIN
  | 'closed' // both FINs
  | 'reset'; // RST

export interface StreamReport {
  /** 0-based, in order of first frame among the streams analyzed (Wireshark's tcp.stream counts all TCP conversations). */
  readonly id: number;
  readonly client: Endpoint;
  readonly server: Endpoint;
  readonly firstFrame: number;
  readonly lastFrame: number;
  readonly frames: number;
  readonly start: Stamp;
  readonly end: Stamp;
  readonly state: StreamState;
  /** True when each direction that has octets is framed from its SYN on, with no hole: every claim is exact. */
  readonly anchored: boolean;
  /** Frame from which on the framing is a guess (mid-stream start, hole), null when anchored throughout. */
  readonly unanchoredFrom: number | null;
  /** Why: the capture has no SYN, octets are missing, or a header was none and framing was found again on evidence. */
  readonly unanchoredBecause: 'no-syn' | 'gap' | 'framing' | null;
  /** "P1 (1988)", "MMS", "S7comm", "" when undetermined. */
  readonly protocol: string;
  /** Largest TPDU by the CC, in octets; 65531 when it states none that can be read, whatever the CR proposed; null without a CC. */
  readonly tpduSize: number | null;
  readonly callingTsap: string | null;
  readonly calledTsap: string | null;
  /** SYNs seen, without the copies of a mirror port; more than one means that the connect was tried again. */
  readonly syns: number;
  readonly directions: [DirectionReport, DirectionReport];
}

export interface EmulatedEvent {
  /** The frame at which the machine would log it. */
  readonly frame: number;
  readonly time: Stamp;
  readonly host: string;
  readonly stream: number | null;
  readonly event: LogEvent;
  /** Which field values of the event are illustrative only (thread numbers, control block index). */
  readonly illustrative: string[];
}

export interface CaptureWarning {
  readonly code: string;
  readonly message: string;
  readonly frame: number | null;
  /** Byte offset in the (decompressed) file. */
  readonly offset: number | null;
}

export interface CaptureReport {
  readonly file: string;
  /** "pcap", "pcap-ns", "pcap-modified", "pcapng", with "+gzip" when compressed. */
  readonly format: string;
  readonly linkTypes: string[];
  /** All frames of the capture. */
  readonly frames: number;
  /** Frames that belong to the streams below. */
  readonly selectedFrames: number;
  readonly bytes: number;
  readonly first: Stamp | null;
  readonly last: Stamp | null;
  readonly warnings: CaptureWarning[];
  readonly streams: Rows<StreamReport>;
  readonly findings: Rows<Finding>;
  readonly events: EmulatedEvent[];
  /** High-water marks of the emulated machine, one row a host. */
  readonly hosts: HostReport[];
  readonly associations: Rows<Association>;
  /** In order of the ends of their transfers, which is how they are numbered. */
  readonly messages: Rows<Message>;
  /** Frees what rows take outside of memory, once they have been read. */
  readonly release?: () => void;
}

/** A report whose rows are all in memory. */
export interface WholeReport extends CaptureReport {
  readonly streams: StreamReport[];
  readonly findings: Finding[];
  readonly associations: Association[];
  readonly messages: Message[];
}

/** The arrays of a capture's report. */
export type Section = 'streams' | 'findings' | 'events' | 'hosts' | 'associations' | 'messages';

export interface HostReport {
  readonly address: string;
  /** Why the host counts as an MTA: "named by --mta", "OSI session on stream 3", or null when it does not. */
  readonly mta: string | null;
  readonly controlBlocksPeak: number;
  readonly controlBlocksConfigured: number;
  readonly headersPeak: number;
  readonly elementsPeak: number;
  /** Frame of the fatal event after which the machine is taken as stopped. */
  readonly terminatedAt: number | null;
}

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note'];
