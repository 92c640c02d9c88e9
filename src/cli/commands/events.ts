import type { Analyze } from '../../app/analyzer.ts';
import { EVENT_COLUMNS, EVENT_COLUMNS_WIDE, type EventRow, eventRows } from '../../report/events.ts';
import { count } from '../../report/format.ts';
import { analyzer } from '../analyzer.ts';
import type { Io } from '../io.ts';
import { type Listing, runListing } from '../listing.ts';

const LISTING: Listing<EventRow> = {
  title: 'Emulated events',
  level: 'light',
  sections: ['events', 'hosts'],
  columns: EVENT_COLUMNS,
  wideColumns: EVENT_COLUMNS_WIDE,
  rows: eventRows,
  closing: report => {
    const stopped = report.hosts.filter(host => host.terminatedAt !== null);
    const exceptions = new Set(report.events.map(({ event }) => event.exception).filter(code => code !== null));
    const instead = [...exceptions]
      .map(code => ` (exception ${code} where Raise Exception on fatal error is set)`)
      .join('');
    const end = stopped.map(host => ` ${host.address} stops at frame ${host.terminatedAt}${instead}.`).join('');
    let possible = 0;
    for (const { code } of report.findings) if (code.endsWith('-possible')) possible++;
    return report.events.length === 0
      ? possible === 0
        ? 'The emulated MTA would have logged nothing.'
        : `What the emulated MTA would have logged is not certain: ${count(possible, 'finding')} of mtascope analyze ${possible === 1 ? 'says' : 'say'} what is possible.`
      : `${count(report.events.length, 'event')}; thread numbers and control block indices are illustrative.${end}`;
  },
};

export async function run(
  files: string[],
  options: Record<string, unknown>,
  io: Io,
  analyze?: Analyze,
): Promise<number> {
  return runListing(LISTING, files, options, io, analyze ?? (await analyzer()));
}
