import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/base/errors.ts';
import { decodeLog, parseEventLog } from '../../src/mta/eventlog.ts';

const TEXT_9404 =
  'A fatal MTA error has occurred. An illegal buffer request has been made. The request was for 30 headers and 30 elements. [BASE TCP/IP DRVR 10] (16)';
const TEXT_9215 =
  'A sockets error 10061 on a connect() call was detected. The MTA will attempt to recover the sockets connection. Control block index: 6. [BASE IL TCP/IP DRVR 10 274] (12)';
const fatal = { id: 9404, headers: 30, elements: 30, thread: 10, severity: 16 };
const refused = { id: 9215, winsock: 10061, controlBlock: 6, thread: 10, procedure: 274, severity: 12 };
const utc = (text: string) => Date.parse(text) / 1000;

describe('pasted text', () => {
  it('is found with the line wraps and the lost space of the article', () => {
    const log = parseEventLog(`  9215
  A sockets error 10061 on a connect() call was detected. The MTA will
  attempt to recover the sockets connection. Control block index: 6. [BASE
  ILTCP/IP DRVR 10 274] (12)

If you are running version 5.0:

  9404
  A fatal MTA error has occurred. An illegal buffer request has been made.
  The request was for 30 headers and 30 elements. [BASE TCP/IP DRVR 10]
  (16)

  A fatal MTA error has occurred. An illegal buffer request has been made.
  The request was for 29 headers and 29 elements. [BASE TCP/IP
  DRVR 8] (16)
`);
    expect(log.format).toBe('text');
    expect(log.records).toMatchObject([refused, fatal, { id: 9404, headers: 29, elements: 29, thread: 8 }]);
    expect(log.records.every(record => record.time === null)).toBe(true);
  });

  it('survives quoting, a wrap at any space, a lost space anywhere and a cut tail', () => {
    expect(parseEventLog(TEXT_9404.replaceAll('. ', '.\n> > ')).records).toMatchObject([fatal]);
    for (let i = TEXT_9404.indexOf(' '); i >= 0; i = TEXT_9404.indexOf(' ', i + 1)) {
      const wrapped = `${TEXT_9404.slice(0, i)}\r\n   ${TEXT_9404.slice(i + 1)}`;
      expect(parseEventLog(wrapped).records, wrapped).toMatchObject([fatal]);
      const lost = `${TEXT_9404.slice(0, i)}${TEXT_9404.slice(i + 1)}`;
      expect(parseEventLog(lost).records, lost).toMatchObject([fatal]);
    }
    const cut = TEXT_9404.slice(0, TEXT_9404.indexOf('['));
    expect(parseEventLog(cut).records).toMatchObject([
      { id: 9404, headers: 30, elements: 30, thread: null, severity: null },
    ]);
  });

  it.each([
    ['Hungarian', '1998. 06. 03. 16:15:31'],
    ['Japanese', '1998/06/03 16:15:31'],
    ['Japanese, by halves of the day', '1998/06/03 午後 4:15:31'],
    ['Chinese', '1998/6/3 16:15:31'],
    ['Chinese in Taiwan', '1998/6/3 下午 04:15:31'],
    ['Korean', '1998-06-03 오후 4:15:31'],
    ['Korean since Windows 10', '1998. 6. 3. 오후 4:15:31'],
    ['Czech', '3. 6. 1998 16:15:31'],
    ['Serbian', '3.6.1998. 16.15.31'],
    ['Greek', '3/6/1998 4:15:31 μμ\n13/6/1998 4:15:31 μμ'],
    ['Spanish in Mexico', '03/06/1998 04:15:31 p.\u00a0m.\n13/06/1998 04:15:31 p.\u00a0m.'],
    ['German, old viewer', 'Datum:\t\t03.06.1998\nZeit:\t\t16:15:31'],
    ['French, old viewer', 'Date :\t\t03/06/1998\nHeure :\t\t16:15:31\n13/06/1998'],
    ['a word behind it', '1998-06-03 16:15:31 Amsterdam'],
    ['midnight', '1998-06-03 午前 0:15:31', -16 * 3600],
  ])('reads the date of %s', (_, written, later = 0) => {
    // The first line is the event's own; a second one only says that the day comes first.
    const [first, ...others] = written.split(/\n(?=13\/)/);
    const { records } = parseEventLog(`${first}\n${TEXT_9404}\n${others.join('\n')}\n`);
    expect(records[0]?.time?.seconds).toBe(Date.UTC(1998, 5, 3, 16, 15, 31) / 1000 + later);
  });

  it('takes date and time from the event details before the text', () => {
    const details = (date: string, time: string, text: string) =>
      `Event Type:\tError\nEvent Source:\tMSExchangeMTA\nEvent Category:\tField Engineering\nEvent ID:\t9404\nDate:\t\t${date}\nTime:\t\t${time}\nUser:\t\tN/A\nComputer:\tEXCH1\nDescription:\n${text} \n\n`;
    const log = parseEventLog(
      details('6/3/1998', '9:13:11 AM', TEXT_9404) + details('6/14/1998', '12:01:02 PM', TEXT_9215),
    );
    expect(log.records.map(record => record.time)).toEqual([
      { seconds: utc('1998-06-03T09:13:11Z'), zone: 'local', ambiguous: false },
      { seconds: utc('1998-06-14T12:01:02Z'), zone: 'local', ambiguous: false },
    ]);
  });

  it('reads one-line exports, and day before month when the log shows it', () => {
    const line = (date: string) =>
      `${date} 4:15:31 PM MSExchangeMTA Error Field Engineering 9404 N/A EXCHSRV1 ${TEXT_9404}\n`;
    expect(parseEventLog(line('7/31/97')).records[0]?.time?.seconds).toBe(utc('1997-07-31T16:15:31Z'));
    const [first] = parseEventLog(line('3/6/98') + line('31/7/98')).records;
    expect(first?.time).toEqual({ seconds: utc('1998-06-03T16:15:31Z'), zone: 'local', ambiguous: false });
    expect(parseEventLog(line('3/6/98')).records[0]?.time?.ambiguous).toBe(true);
    expect(parseEventLog(line('03.06.1998')).records[0]?.time?.seconds).toBe(utc('1998-06-03T16:15:31Z'));
  });

  it('reads what a viewer without the message file prints', () => {
    const old =
      'The description for Event ID ( 9404 ) in Source ( MSExchangeMTA ) could not be found. It contains the following insertion string(s): 30, 30, BASE, TCP/IP DRVR, 10.';
    expect(parseEventLog(old).records).toMatchObject([{ id: 9404, headers: 30, elements: 30 }]);
    const newer =
      'The description for Event ID 9404 from source MSExchangeMTA cannot be found. Either the component that raises this event is not installed.\n\nThe following information was included with the event: \n\n30\n30\nBASE\nTCP/IP DRVR\n10\n\nThe message resource is present';
    expect(parseEventLog(newer.replace('event: \n\n', 'event: \n')).records).toMatchObject([
      { ...fatal, severity: null },
    ]);
    expect(parseEventLog(newer).records).toMatchObject([{ ...fatal, severity: null }]);
  });

  it('leaves other texts alone', () => {
    expect(
      parseEventLog('A sockets error 10054 on a WSARecvEx() call was detected. [BASE IL TCP/IP DRVR 10 262] (12)')
        .records,
    ).toEqual([]);
    expect(parseEventLog('').records).toEqual([]);
  });
});

describe('tables', () => {
  it('reads the NT event viewer, which writes no heading', () => {
    const log = parseEventLog(
      [
        `6/3/98,9:13:12 AM,MSExchangeMTA,Error,Field Engineering,9404,N/A,EXCH1,"${TEXT_9404}"`,
        `6/3/98,9:12:40 AM,MSExchangeMTA,Warning,Operating System,9215,N/A,EXCH1,${TEXT_9215}`,
        '6/13/98,9:00:00 AM,MSExchangeMTA,Information,X.400 Service,9298,N/A,EXCH1,Microsoft Exchange MTA startup complete',
      ].join('\r\n'),
    );
    expect(log).toMatchObject({ format: 'table', others: 1, problems: [] });
    expect(log.records).toMatchObject([fatal, refused]);
    expect(log.records[0]?.time).toEqual({ seconds: utc('1998-06-03T09:13:12Z'), zone: 'local', ambiguous: false });
  });

  it('reads a later viewer with a heading, tabs, and a text that spans lines', () => {
    const log = parseEventLog(
      `Level\tDate and Time\tSource\tEvent ID\tTask Category\nError\t03/06/2009 09:13:11\tMSExchangeMTA\t9404\t(14)\t"${TEXT_9404.replace('made. ', 'made.\n')}"\nWarning\t31/05/2009 09:13:11\tMSExchangeMTA\t9215\t(10)\t"${TEXT_9215}"\n`,
    );
    // The heading is no event.
    expect(log).toMatchObject({ format: 'table', others: 0 });
    expect(log.records).toMatchObject([fatal, refused]);
    expect(log.records[0]?.time?.seconds).toBe(utc('2009-06-03T09:13:11Z'));
  });

  it('reads Export-Csv of PowerShell', () => {
    const log = parseEventLog(
      `#TYPE System.Diagnostics.EventLogEntry\n"Id","TimeCreated","ProviderName","LevelDisplayName","Message"\n"9404","6/13/2003 9:13:11 AM","MSExchangeMTA","Error","${TEXT_9404}"\n`,
    );
    expect(log.records).toMatchObject([fatal]);
    expect(log.records[0]?.time?.seconds).toBe(utc('2003-06-13T09:13:11Z'));
  });

  it('reads dumpel, which writes the insertion strings', () => {
    const log = parseEventLog(
      '6/13/98\t9:13:11 AM\t1\t14\t9404\tMSExchangeMTA\tN/A\tEXCH1\t30 30 BASE TCP/IP DRVR 10\n',
    );
    expect(log.format).toBe('table');
    expect(log.records).toMatchObject([{ ...fatal, severity: null }]);
  });
});

describe('event XML', () => {
  const event = (message: string) =>
    `<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider Name='MSExchangeMTA'/><EventID Qualifiers='49152'>9404</EventID><Level>2</Level><TimeCreated SystemTime='2003-06-03T07:13:11.500000000Z'/><EventRecordID>77</EventRecordID><Channel>Application</Channel><Computer>EXCH1</Computer></System><EventData><Data>30</Data><Data>30</Data><Data>BASE</Data><Data>TCP/IP DRVR</Data><Data>10</Data></EventData>${message}</Event>`;

  it('reads wevtutil, which writes events without a root and without their text', () => {
    const log = parseEventLog(`${event('')}\r\n${event('').replace('9404', '9298')}`);
    expect(log).toMatchObject({ format: 'xml', others: 1, problems: [] });
    expect(log.records).toMatchObject([{ ...fatal, severity: null }]);
    expect(log.records[0]?.time).toEqual({ seconds: utc('2003-06-03T07:13:11.5Z'), zone: 'utc', ambiguous: false });
  });

  it('prefers the rendered text and reads an export with a root', () => {
    const rendered = `<RenderingInfo Culture='en-US'><Message>${TEXT_9404.replace('30 elements', '30&#10;elements')}</Message></RenderingInfo>`;
    const log = parseEventLog(
      `\uFEFF<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<Events>${event(rendered)}</Events>`,
    );
    expect(log.records).toMatchObject([fatal]);
  });

  it('reads what PowerShell serializes', () => {
    const property = (name: string, text: string) => `<Property Name="${name}" Type="System.String">${text}</Property>`;
    const object = (text: string, time: string) =>
      `<Object Type="System.Diagnostics.Eventing.Reader.EventLogRecord">${property('Message', text)}${property('Id', '1')}${property('TimeCreated', time)}</Object>`;
    const converted = parseEventLog(
      `<?xml version="1.0"?><Objects>${object(TEXT_9404, '6/13/2003 9:13:11 AM')}${object(TEXT_9215, '6/13/2003 9:15:00 AM')}</Objects>`,
    );
    expect(converted.records).toMatchObject([
      { ...fatal, time: { seconds: utc('2003-06-13T09:13:11Z') } },
      { ...refused, time: { seconds: utc('2003-06-13T09:15:00Z') } },
    ]);
    const cli = parseEventLog(
      `<Objs Version="1.1.0.1" xmlns="http://schemas.microsoft.com/powershell/2004/04"><Obj RefId="0"><TN RefId="0"><T>x</T></TN><Props><I32 N="Id">9404</I32><DT N="TimeCreated">2003-06-13T09:13:11.5+02:00</DT></Props><MS><S N="Message">${TEXT_9404}</S></MS></Obj></Objs>`,
    );
    expect(cli.records).toMatchObject([{ ...fatal, time: { seconds: utc('2003-06-13T07:13:11.5Z'), zone: 'utc' } }]);
  });

  it('reports what it cannot read', () => {
    const cut = parseEventLog(`<Events>${event('')}<Event><System><EventID>9404</Even`);
    expect(cut.records).toMatchObject([{ id: 9404, elements: 30 }]);
    expect(cut.problems.join()).toContain('not well-formed');
    expect(parseEventLog('<!DOCTYPE x [<!ENTITY a "b">]><Events/>').problems.join()).toContain('DOCTYPE');
    expect(
      parseEventLog(`<Events>${event('').replace('<Data>30</Data>', '<Data>x</Data>')}</Events>`).problems,
    ).toHaveLength(1);
    expect(parseEventLog(`<html><p>${TEXT_9404}</p></html>`).records).toMatchObject([fatal]);
  });
});

describe('Ev0.log', () => {
  it('reads the form of the published extract', () => {
    const log = parseEventLog(`  message NMI9236: Internal Operating System Error, severity 12

  (BASE IL TCP/IP DRVR(22) Proc 262) 04-10-96 05:52:10pm
  Receive socket closed on CB 1
  Socket error 0

  message NMI9215: Internal Operating System Error, severity 12

  (BASE IL TCP/IP DRVR(22) Proc 274) 04-10-96 05:52:11pm
  Connect failed on CB 6
  Socket error 10061

  message NMI9404: Internal Error, severity 16

  (BASE TCP/IP DRVR(10)) 04-10-96 05:52:14pm
  Illegal buffer request: 30 headers, 30 elements
`);
    expect(log).toMatchObject({ format: 'ev0', others: 1 });
    expect(log.records).toMatchObject([
      { id: 9215, winsock: 10061, controlBlock: 6, thread: 22, procedure: 274, severity: 12 },
      { id: 9404, headers: 30, elements: 30, thread: 10, procedure: null, severity: 16 },
    ]);
    expect(log.records[1]?.time).toEqual({ seconds: utc('1996-04-10T17:52:14Z'), zone: 'local', ambiguous: true });
  });
});

describe('files', () => {
  it('come in the encodings of Windows', () => {
    const utf16 = Buffer.from(`\uFEFF${TEXT_9404}`, 'utf16le');
    expect(parseEventLog(decodeLog(utf16, 'a.txt')).records).toMatchObject([fatal]);
    expect(parseEventLog(decodeLog(Buffer.from(TEXT_9404, 'utf16le'), 'a.txt')).records).toMatchObject([fatal]);
    expect(parseEventLog(decodeLog(Buffer.from(`Größe ${TEXT_9404}`, 'latin1'), 'a.txt')).records).toMatchObject([
      fatal,
    ]);
    expect(decodeLog(Buffer.from('Größe', 'utf8'), 'a.txt')).toBe('Größe');
  });

  it('that are binary logs say how to export them', () => {
    const evt = Buffer.from([0x30, 0, 0, 0, 0x4c, 0x66, 0x4c, 0x65, 1, 0, 0, 0]);
    expect(() => decodeLog(evt, 'app.evt')).toThrow(InputError);
    expect(() => decodeLog(Buffer.from('ElfFile\0rest'), 'app.evtx')).toThrow('wevtutil');
  });

  it('take time in proportion to their length, however much white space they hold', () => {
    const gap = ' '.repeat(200_000);
    const started = performance.now();
    parseEventLog(`illegal buffer request has been made${gap}x`);
    parseEventLog(
      `The request was for 30 headers and 30 elements${gap}x ${TEXT_9404.replace('elements.', `elements${gap}`)}`,
    );
    parseEventLog(`The description for Event ID${gap}9404${gap}x`);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('never make the reader throw', () => {
    const piece = fc.constantFrom(
      TEXT_9404,
      TEXT_9215,
      '<Event>',
      '"',
      ',',
      '\t',
      '\n',
      'message NMI9404:',
      '6/3/98 9:13',
      '&',
      '9404',
      '[',
      '\0',
    );
    fc.assert(
      fc.property(
        fc.array(fc.oneof(piece, fc.string()), { maxLength: 12 }),
        parts => void parseEventLog(parts.join('')),
      ),
    );
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), bytes => void parseEventLog(decodeLog(bytes, 'x'))));
  });
});
