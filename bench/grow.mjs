// Captures that grow in one way at a time, with the counts that a reader must come to. No dependencies; the same bytes for the same
// arguments. The everyday mixes of a mail backbone come from another generator (see captures.mjs); these are the extremes.
//
//   node bench/grow.mjs mixed|streams|stream|octets|holes|syns OUT [--count N] [--size 64m] [--share 0.05] [--frame 700]
//                       [--vlan] [--ipv6] [--ng]
//
//   mixed    --size octets of frames of about --frame octets, --share of them on port 102
//   streams  --count short connections of six TPKTs each
//   stream   one connection of --size octets
//   octets   one connection, --count segments of one octet each
//   holes    --count connections, each with one segment missing
//   syns     --count connects that nobody answers, each from another host
import { closeSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const UNIT = { k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

export function octets(text) {
  const match = /^(\d+(?:\.\d+)?)([kmg]?)$/i.exec(String(text));
  if (match === null) throw new Error(`${text} is no size`);
  return Math.floor(Number(match[1]) * (UNIT[match[2].toLowerCase()] ?? 1));
}

/** Frames into a file, through one buffer. */
class Writer {
  constructor(path, { vlan, ipv6, ng }) {
    this.fd = openSync(path, 'w');
    this.buffer = Buffer.alloc(1 << 20);
    this.view = new DataView(this.buffer.buffer, this.buffer.byteOffset, this.buffer.byteLength);
    this.at = 0;
    this.total = 0;
    this.frames = 0;
    this.vlan = vlan ? 4 : 0;
    this.ip = ipv6 ? 40 : 20;
    this.ng = ng;
    this.head = ng ? 28 : 16;
    if (ng) {
      this.u32s(0x0a0d0d0a, 28, 0x1a2b3c4d, 0x00000001, 0xffffffff, 0xffffffff, 28, 1, 20, 1, 262144, 20);
    } else this.u32s(0xa1b2c3d4, 0x00040002, 0, 0, 262144, 1);
  }

  u32s(...words) {
    for (const word of words) {
      this.view.setUint32(this.at, word >>> 0, true);
      this.at += 4;
    }
  }

  flush() {
    writeSync(this.fd, this.buffer, 0, this.at);
    this.total += this.at;
    this.at = 0;
  }

  end() {
    this.flush();
    closeSync(this.fd);
  }

  /** One TCP segment from `a` to `b`, each { address, port }; `payload` is a part of a buffer. */
  tcp(a, b, seq, ack, flags, payload, from = 0, to = payload.length) {
    const length = to - from;
    const tcp = 14 + this.vlan + this.ip;
    const size = tcp + 20 + length;
    if (this.at + size + 64 > this.buffer.length) this.flush();
    const v = this.view;
    const start = this.at;
    const millis = this.frames++;
    if (this.ng) {
      const micros = 1_700_000_000_000_000 + millis * 100;
      const padded = (size + 3) & ~3;
      this.u32s(6, padded + 32, 0, Math.floor(micros / 2 ** 32), micros % 2 ** 32, size, size);
      this.buffer.fill(0, this.at + size, this.at + padded);
      v.setUint32(this.at + padded, padded + 32, true);
    } else this.u32s(1_700_000_000 + Math.floor(millis / 10_000), (millis % 10_000) * 100, size, size);
    const p = this.at;
    v.setUint32(p, 0x02000000);
    v.setUint32(p + 4, 0x00010200);
    v.setUint32(p + 8, 0x00000002);
    const type = this.ip === 40 ? 0x86dd : 0x0800;
    if (this.vlan > 0) {
      v.setUint32(p + 12, 0x81000064);
      v.setUint16(p + 16, type);
    } else v.setUint16(p + 12, type);
    const n = p + 14 + this.vlan;
    const t = p + tcp;
    if (this.ip === 40) {
      v.setUint32(n, 0x60000000);
      v.setUint16(n + 4, 20 + length);
      v.setUint16(n + 6, 0x0640);
      for (const [at, host] of [
        [n + 8, a],
        [n + 24, b],
      ]) {
        v.setUint32(at, 0x20010db8);
        v.setUint32(at + 4, 0);
        v.setUint32(at + 8, 0);
        v.setUint32(at + 12, host.address);
      }
    } else {
      v.setUint32(n, 0x45000000 | (20 + 20 + length));
      v.setUint32(n + 4, 0x00004000);
      v.setUint32(n + 8, 0x40060000);
      v.setUint32(n + 12, a.address);
      v.setUint32(n + 16, b.address);
      v.setUint16(n + 10, ~this.sum(n, 20, 0) & 0xffff);
    }
    v.setUint16(t, a.port);
    v.setUint16(t + 2, b.port);
    v.setUint32(t + 4, seq >>> 0);
    v.setUint32(t + 8, ack >>> 0);
    v.setUint16(t + 12, 0x5000 | flags);
    v.setUint16(t + 14, 65535);
    v.setUint32(t + 16, 0);
    payload.copy(this.buffer, t + 20, from, to);
    const addresses = this.ip === 40 ? this.sum(n + 8, 32, 0) : this.sum(n + 12, 8, 0);
    v.setUint16(t + 16, ~this.sum(t, 20 + length, addresses + 6 + 20 + length) & 0xffff);
    this.at = start + this.head + (this.ng ? ((size + 3) & ~3) + 4 : size);
  }

  /** One's complement sum (RFC 1071). */
  sum(from, length, sum) {
    const { view } = this;
    let p = from;
    for (; p + 2 <= from + length; p += 2) sum += view.getUint16(p);
    if (p < from + length) sum += this.buffer[p] << 8;
    while (sum > 0xffff) sum = (sum & 0xffff) + Math.floor(sum / 65536);
    return sum;
  }
}

const FIN = 1;
const SYN = 2;
const PUSH = 24;
const ACK = 16;
const NONE = Buffer.alloc(0);
const CR = Buffer.from('0300001611e00000000100c0010bc1020001c2020002', 'hex');
const CC = Buffer.from('0300001611d00001000200c0010bc1020001c2020002', 'hex');

/** A DT that ends its TSDU, which nobody recognises. */
function dt(length) {
  const out = Buffer.alloc(length, 0x55);
  out.set([3, 0, length >> 8, length & 255, 2, 0xf0, 0x80]);
  return out;
}

class Connection {
  constructor(writer, number, port = 102) {
    this.writer = writer;
    const spread = (number * 2654435761) >>> 0;
    this.client = { address: (0x0a000000 | (spread & 0xfffff)) >>> 0, port: 1024 + (number % 60000) };
    this.server = { address: (0x0a800000 | Math.floor(number / 60000)) >>> 0, port };
    this.seq = [spread & 0xffff, (spread >>> 16) & 0xffff];
  }

  open() {
    const { writer, client, server, seq } = this;
    writer.tcp(client, server, seq[0]++, 0, SYN, NONE);
    writer.tcp(server, client, seq[1]++, seq[0], SYN | ACK, NONE);
    writer.tcp(client, server, seq[0], seq[1], ACK, NONE);
  }

  /** Octets of one direction in segments of at most `mss`; every eighth is acknowledged. */
  send(direction, payload, mss = 1460, skip = -1) {
    const [from, to] = direction === 0 ? [this.client, this.server] : [this.server, this.client];
    for (let at = 0, n = 0; at < payload.length; at += mss, n++) {
      const end = Math.min(at + mss, payload.length);
      if (n !== skip) this.writer.tcp(from, to, this.seq[direction], this.seq[1 - direction], PUSH, payload, at, end);
      this.seq[direction] = (this.seq[direction] + end - at) >>> 0;
      if (n % 8 === 7) this.writer.tcp(to, from, this.seq[1 - direction], this.seq[direction], ACK, NONE);
    }
  }

  close() {
    const { writer, client, server, seq } = this;
    writer.tcp(client, server, seq[0]++, seq[1], FIN | ACK, NONE);
    writer.tcp(server, client, seq[1]++, seq[0], FIN | ACK, NONE);
    writer.tcp(client, server, seq[0], seq[1], ACK, NONE);
  }
}

/** Writes the capture and returns what a reader must count. */
export function grow(kind, path, options = {}) {
  const writer = new Writer(path, options);
  const truth = { kind, isoConnections: 0, tpkts: 0 };
  const { count = 1000, size = octets('16m'), share = 0.05, frame = 700 } = options;
  const begin = number => {
    const c = new Connection(writer, number);
    c.open();
    c.send(0, CR);
    c.send(1, CC);
    truth.isoConnections++;
    truth.tpkts += 2;
    return c;
  };
  if (kind === 'streams' || kind === 'holes') {
    const bulk = Buffer.concat([dt(400), dt(400)]);
    const holed = Buffer.concat(Array.from({ length: 6 }, () => dt(200)));
    // Five hundred are open at a time, as on a busy host.
    const open = [];
    const finish = c => {
      if (kind === 'holes') {
        c.send(0, holed, 200, 2);
        truth.tpkts += 5;
      } else {
        c.send(0, bulk);
        c.send(1, bulk);
        truth.tpkts += 4;
      }
      c.close();
    };
    for (let n = 0; n < count; n++) {
      open.push(begin(n));
      if (open.length > 500) finish(open.shift());
    }
    for (const c of open) finish(c);
  } else if (kind === 'stream') {
    const c = begin(0);
    const part = Buffer.concat(Array.from({ length: 32 }, () => dt(2048)));
    for (let sent = 0; sent < size; sent += part.length) {
      c.send(0, part);
      truth.tpkts += 32;
    }
    c.close();
  } else if (kind === 'octets') {
    const c = begin(0);
    const part = dt(1000);
    for (let sent = 0; sent < count; sent += part.length) {
      c.send(0, part, 1);
      truth.tpkts++;
    }
    c.close();
  } else if (kind === 'syns') {
    for (let n = 0; n < count; n++) {
      const { client, server, seq } = new Connection(writer, n);
      writer.tcp(client, server, seq[0], 0, SYN, NONE);
      truth.isoConnections++;
    }
  } else if (kind === 'mixed') {
    const payload = Buffer.alloc(65000, 0x2e);
    const others = Array.from({ length: 1000 }, (_, n) => new Connection(writer, 100_000 + n, 443));
    const own = Array.from({ length: 50 }, (_, n) => begin(n));
    const room = Math.max(1, frame - 54);
    const tpkt = dt(Math.max(7, Math.min(room, 2048)));
    let on = 0;
    for (let n = 0; writer.total + writer.at < size; n++) {
      if (on <= (writer.total + writer.at) * share) {
        own[n % own.length].send(n & 1, tpkt, room);
        on += tpkt.length + 70;
        truth.tpkts++;
      } else {
        const c = others[n % others.length];
        writer.tcp(c.client, c.server, c.seq[0], 1, PUSH, payload, 0, room);
        c.seq[0] = (c.seq[0] + room) >>> 0;
      }
    }
    for (const c of own) c.close();
  } else throw new Error(`${kind}: no such kind of capture`);
  writer.end();
  truth.packets = writer.frames;
  truth.fileBytes = writer.total;
  writeFileSync(`${path}.truth.json`, `${JSON.stringify(truth, null, 1)}\n`);
  return truth;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const options = {};
  const names = [];
  for (let i = 2; i < process.argv.length; i++) {
    const word = process.argv[i];
    if (word === '--vlan' || word === '--ipv6' || word === '--ng') options[word.slice(2)] = true;
    else if (word === '--size') options.size = octets(process.argv[++i]);
    else if (word.startsWith('--')) options[word.slice(2)] = Number(process.argv[++i]);
    else names.push(word);
  }
  if (names.length !== 2) {
    process.stderr.write(
      'usage: node bench/grow.mjs mixed|streams|stream|octets|holes|syns OUT [options]; see the head of the file\n',
    );
    process.exit(2);
  }
  process.stdout.write(`${JSON.stringify(grow(names[0], names[1], options))}\n`);
}
