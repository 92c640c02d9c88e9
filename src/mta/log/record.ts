/** Event ids that are read out of logs; others are counted and left. */
const KNOWN_IDS = [9404, 9215, 9156] as const;
export type KnownId = (typeof KNOWN_IDS)[number];

export function isKnownId(id: number): id is KnownId {
  return (KNOWN_IDS as readonly number[]).includes(id);
}

/** A time as the log writes it. Most logs say neither zone nor fractions. */
export interface LogTime {
  /** Seconds since 1970, the log's own clock read as if it were UTC. */
  readonly seconds: number;
  /** "utc" when the log says so (XML, ISO with Z or offset), "local" when the zone is the server's and unknown here. */
  readonly zone: 'utc' | 'local';
  /** True when day and month could be exchanged and nothing in the log decides. */
  readonly ambiguous: boolean;
}

/** One 9404, 9215 or 9156 of a log. Numbers are null when the log does not say them. */
export interface LogRecord {
  readonly id: KnownId;
  readonly time: LogTime | null;
  /** 9404 */
  readonly headers: number | null;
  readonly elements: number | null;
  /** 9215 */
  readonly winsock: number | null;
  readonly controlBlock: number | null;
  /** 9156 */
  readonly configured: number | null;
  readonly thread: number | null;
  readonly procedure: number | null;
  readonly severity: number | null;
  /** The record as it stands in the log. Untrusted. */
  readonly raw: string;
}

export type LogFormat = 'text' | 'table' | 'xml' | 'ev0';

export interface EventLog {
  readonly format: LogFormat;
  readonly records: LogRecord[];
  /** Records of other events, where the format shows records. */
  readonly others: number;
  /** What could not be read, in words. */
  readonly problems: string[];
}
