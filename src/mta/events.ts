import type { LogEvent } from '../model/finding.ts';

/*
 * The application-log events of the MTA, in the wording of the Microsoft articles. The tail is
 * "[subsystem thread-name thread-number procedure-number] (severity)"; 9404 carries no procedure number (Q182619).
 */

/** What an event viewer shows beside the text. */
export interface RenderedEvent extends LogEvent {
  readonly source: 'MSExchangeMTA';
  /** Category as in the articles; null where none prints it. */
  readonly category: string | null;
  /** Which values of the text are the emulation's own choice. */
  readonly illustrative: string[];
}

/** What is the emulation's own choice: one list for all events that have the same. */
const THREAD = ['thread number'];
const CONTROL_BLOCK_AND_THREAD = ['control block index', 'thread number'];

/** Number of the procedure that logs a failed connect() on TCP/IP (Q182619, Q170056). */
const CONNECT_PROCEDURE = 274;
const CONTROL_BLOCK_PROCEDURE = 282;
/** TCP/IP with RFC 1006 (Q168815, Q165017). */
const NETWORK_TYPE = 1;

/** The fatal one. Category unknown: no article prints it. */
export function illegalBufferRequest(headers: number, elements: number, thread: number): RenderedEvent {
  return event(9404, 16, {
    text: `A fatal MTA error has occurred. An illegal buffer request has been made. The request was for ${headers} headers and ${elements} elements. [BASE TCP/IP DRVR ${thread}] (16)`,
    category: null,
    exception: exceptionOf(9404),
    illustrative: THREAD,
  });
}

/** A connect() that failed: Winsock 10061 refused, 10060 timed out, 10051 network and 10065 host unreachable. */
export function connectFailed(winsock: number, controlBlock: number, thread: number): RenderedEvent {
  return event(9215, 12, {
    text: `A sockets error ${winsock} on a connect() call was detected. The MTA will attempt to recover the sockets connection. Control block index: ${controlBlock}. [BASE IL TCP/IP DRVR ${thread} ${CONNECT_PROCEDURE}] (12)`,
    category: 'Operating System',
    exception: null,
    illustrative: CONTROL_BLOCK_AND_THREAD,
  });
}

export function noControlBlock(configured: number): RenderedEvent {
  return event(9156, 10, {
    text: `A resource limit has been reached while attempting to open an association. There are no free control blocks available for network type ${NETWORK_TYPE}. The configured count is ${configured}. [BASE IL MAIN BASE 1 ${CONTROL_BLOCK_PROCEDURE}] (10)`,
    category: 'Resource',
    exception: null,
    illustrative: THREAD,
  });
}

/** What a report keeps of it. */
export function logged({ id, text, severity, exception }: RenderedEvent): LogEvent {
  return { id, text, severity, exception };
}

/** 0xE005xxxx, where xxxx is the event id (Q149422; five published pairs agree). */
export function exceptionOf(id: number): string {
  return `0xE005${id.toString(16).toUpperCase().padStart(4, '0')}`;
}

function event(
  id: number,
  severity: number,
  rest: Pick<RenderedEvent, 'text' | 'category' | 'exception' | 'illustrative'>,
): RenderedEvent {
  return { id, source: 'MSExchangeMTA', severity, ...rest };
}
