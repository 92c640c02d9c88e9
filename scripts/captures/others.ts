import { ctx, ctxc, integer, octetString, tlv } from '../../test/kit/ber.ts';
import { cat, latin1, Random, u16 } from '../../test/kit/bytes.ts';
import { cc, cr } from '../../test/kit/cotp.ts';
import { ses } from '../../test/kit/session.ts';
import { tpkt } from '../../test/kit/tpkt.ts';
import { aare, aarq, type Context, cp, cpa, OID, userData } from '../../test/kit/upper.ts';
import { type Sample, Scene } from './scene.ts';

const CLIENT = '192.0.2.140';
const SERVER = '192.0.2.150';

function http(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-20T09:00:00Z');
  const { transport } = scene.line(CLIENT, SERVER, { port: 1110, tpduSize: null });
  transport.tcp.open();
  const request = latin1('GET / HTTP/1.0\r\nUser-Agent: Mozilla/4.05 [en] (WinNT; I)\r\nHost: 192.0.2.150:102\r\n\r\n');
  const [frame] = transport.tcp.send(0, request);
  transport.tally[0].bytes = request.length;
  transport.tcp.close(1);
  scene.finding({ code: 'tpkt.not-tpkt', stream: 0, direction: 0, frame: frame! });
  return scene.done();
}

function tls(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-20T10:00:00Z');
  const { transport } = scene.line(CLIENT, SERVER, { port: 1111, tpduSize: null });
  transport.tcp.open();
  const random = new Random(102).bytes(32);
  const suites = [0x00, 0x04, 0x00, 0x05, 0x00, 0x0a];
  const hello = cat([3, 1], random, 0, u16(suites.length), suites, [1, 0]);
  const handshake = cat([1, 0], u16(hello.length), hello);
  const record = cat([0x16, 3, 1], u16(handshake.length), handshake);
  const [frame] = transport.tcp.send(0, record);
  transport.tally[0].bytes = record.length;
  transport.tcp.close(1);
  scene.finding({ code: 'tpkt.not-tpkt', stream: 0, direction: 0, frame: frame! });
  return scene.done();
}

/** S7comm header: job 1, acknowledgement with data 3. */
function s7(rosctr: number, reference: number, parameters: Uint8Array, data: Uint8Array): Uint8Array {
  const error = rosctr === 3 ? [0, 0] : [];
  return cat([0x32, rosctr, 0, 0], u16(reference), u16(parameters.length), u16(data.length), error, parameters, data);
}

function s7comm(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-20T11:00:00Z');
  const { transport } = scene.line(CLIENT, SERVER, { port: 1112, size: 65531, protocol: 'S7comm' });
  transport.tcp.open();
  const selectors = { callingTsap: [1, 0], calledTsap: [1, 2] };
  transport.tpkt(0, tpkt(cr(1, selectors)));
  transport.tpkt(1, tpkt(cc(1, 2, selectors)));
  const setup = cat([0xf0, 0], u16(1), u16(1), u16(0xfff0));
  transport.tsdu(0, s7(1, 1, setup, cat()));
  transport.tsdu(1, s7(3, 1, setup, cat()));
  // Read Var of 61,000 octets from data block 1: far beyond what a real controller sends, as a look-alike has to be.
  const item = cat([0x12, 0x0a, 0x10, 0x02], u16(61_000), u16(1), [0x84, 0, 0, 0]);
  transport.tsdu(0, s7(1, 2, cat([4, 1], item), cat()));
  const value = new Random(7).bytes(61_000);
  transport.tsdu(1, s7(3, 2, cat([4, 1]), cat([0xff, 0x09], u16(value.length), value)));
  transport.tcp.close(0);
  return scene.done();
}

const MMS_CONTEXTS: readonly Context[] = [
  [1, OID.acse],
  [3, OID.mms],
];

function mms(): ReturnType<Sample['build']> {
  const scene = new Scene('1998-06-20T12:00:00Z');
  const { transport } = scene.line(CLIENT, SERVER, { port: 1113, size: 65531, protocol: 'IEC 61850 MMS' });
  transport.tcp.open();
  const selectors = { callingTsap: [0, 1], calledTsap: [0, 1] };
  transport.tpkt(0, tpkt(cr(1, selectors)));
  transport.tpkt(1, tpkt(cc(1, 2, selectors)));
  const details = ctxc(4, ctx(0, 1), ctx(1, 5, 0xf1, 0x00), ctx(2, 3, 0xee, 0x1c, 0, 0, 4, 8, 0, 0, 0x79, 0xef, 0x18));
  const initiate = (tag: number) =>
    tlv(tag, integer(65_000, 0x80), integer(5, 0x81), integer(5, 0x82), integer(10, 0x83), details);
  const session = { options: 0, units: 2, callingSelector: [0, 1], calledSelector: [0, 1] };
  const application = OID.mmsContext;
  transport.tsdu(
    0,
    ses.cn(
      session,
      cp(MMS_CONTEXTS, userData([1, aarq(application, initiate(0xa8))]), {
        calling: [0, 0, 0, 1],
        called: [0, 0, 0, 1],
      }),
    ),
  );
  transport.tsdu(1, ses.ac(session, cpa(MMS_CONTEXTS, userData([1, aare(application, initiate(0xa9))]), [0, 0, 0, 1])));
  const name = ctxc(1, tlv(0x1a, latin1('Relay1')), tlv(0x1a, latin1('LLN0$DC$NamPlt$d')));
  const read = ctxc(0, integer(1), ctxc(4, ctxc(1, ctxc(0, tlv(0x30, ctxc(0, name))))));
  transport.tsdu(0, ses.dt(userData([3, read])));
  const value = octetString(new Random(9).bytes(61_000), 0x89);
  transport.tsdu(1, ses.dt(userData([3, ctxc(1, integer(1), ctxc(4, ctxc(1, value)))])));
  transport.tcp.close(0);
  return scene.done();
}

export const OTHERS: readonly Sample[] = [
  { file: 'stray-http.pcap', shows: 'A web browser on port 102', says: 'not TPKT', build: http },
  { file: 'stray-tls.pcap', shows: 'A TLS client hello on port 102', says: 'not TPKT', build: tls },
  {
    file: 's7-lookalike.pcap',
    shows: 'S7comm with a TPKT of 61,025 octets: no MTA is near',
    says: 'S7comm; no claim about an MTA',
    build: s7comm,
  },
  {
    file: 'mms-lookalike.pcap',
    shows: 'MMS over the OSI stack with a TPKT of more than 61,000 octets',
    says: 'MMS; no claim about an MTA',
    build: mms,
  },
];
