import { describe, expect, it } from 'vitest';
import { parseEventLog } from '../../src/mta/eventlog.ts';
import { connectFailed, exceptionOf, illegalBufferRequest, noControlBlock } from '../../src/mta/events.ts';

/** The expression by which the article's lines are found, taken from the notes on Q182619 and not from the reader under test. */
const ARTICLE =
  /illegal buffer request has been made\.?\s+The request was for (\d+) headers and (\d+) elements\.\s*\[BASE\s*(?:IL\s*)?TCP\/IP\s+(?:DRVR|ASYNC)\s+(\d+)(?:\s+(\d+))?\]\s*\((\d+)\)/s;

describe('event texts', () => {
  it('are those of the article', () => {
    expect(illegalBufferRequest(30, 30, 10).text).toBe(
      'A fatal MTA error has occurred. An illegal buffer request has been made. The request was for 30 headers and 30 elements. [BASE TCP/IP DRVR 10] (16)',
    );
    expect(connectFailed(10061, 6, 10).text).toBe(
      'A sockets error 10061 on a connect() call was detected. The MTA will attempt to recover the sockets connection. Control block index: 6. [BASE IL TCP/IP DRVR 10 274] (12)',
    );
    expect(noControlBlock(20).text).toBe(
      'A resource limit has been reached while attempting to open an association. There are no free control blocks available for network type 1. The configured count is 20. [BASE IL MAIN BASE 1 282] (10)',
    );
  });

  it('match the expression that finds the article in logs', () => {
    const match = ARTICLE.exec(illegalBufferRequest(29, 29, 8).text);
    expect(match?.slice(1)).toEqual(['29', '29', '8', undefined, '16']);
  });

  it('carry severity and exception as documented', () => {
    expect(illegalBufferRequest(30, 30, 10)).toMatchObject({
      id: 9404,
      severity: 16,
      exception: '0xE00524BC',
      category: null,
    });
    expect(connectFailed(10060, 1, 8)).toMatchObject({ id: 9215, severity: 12, category: 'Operating System' });
    // Published pairs of Q157686, Q166402 and Q157013.
    expect([2050, 2110, 3080].map(exceptionOf)).toEqual(['0xE0050802', '0xE005083E', '0xE0050C08']);
  });

  it('are read back by the log reader', () => {
    const log = [illegalBufferRequest(30, 30, 10), connectFailed(10061, 6, 10), noControlBlock(20)].map(
      each => each.text,
    );
    expect(parseEventLog(log.join('\n')).records).toMatchObject([
      { id: 9404, headers: 30, elements: 30, thread: 10, procedure: null, severity: 16 },
      { id: 9215, winsock: 10061, controlBlock: 6, thread: 10, procedure: 274, severity: 12 },
      { id: 9156, configured: 20, thread: 1, procedure: 282, severity: 10 },
    ]);
  });
});
