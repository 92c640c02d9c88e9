import { describe, expect, it } from 'vitest';
import { X509AF, X509CE, X509IF, X509SAT } from '../../src/asn1/directory.ts';
import type { Module, Type } from '../../src/asn1/schema.ts';
import { ACSE } from '../../src/osi/acse.ts';
import { MMS as ISO_9506 } from '../../src/osi/mms.ts';
import { PRESENTATION } from '../../src/osi/presentation.ts';
import { ROSE } from '../../src/osi/rose.ts';
import { RTSE } from '../../src/osi/rtse.ts';
import { ACCESS } from '../../src/x400/tables/access.ts';
import { ADDRESS } from '../../src/x400/tables/address.ts';
import { AUTO_ACTIONS } from '../../src/x400/tables/auto-actions.ts';
import { EDIMS } from '../../src/x400/tables/edims.ts';
import { FTBP } from '../../src/x400/tables/ftbp.ts';
import { IPMS } from '../../src/x400/tables/ipms.ts';
import { MMS } from '../../src/x400/tables/mms.ts';
import { MS } from '../../src/x400/tables/ms.ts';
import { MTA } from '../../src/x400/tables/mta.ts';
import { MTS } from '../../src/x400/tables/mts.ts';

/** Compiles everything that can be reached from a type, so that a slip in a table cannot wait for the octets that need it. */
function visit(type: Type, seen: Set<Type>): void {
  if (seen.has(type)) return;
  seen.add(type);
  if (type.op === 'SEQ' || type.op === 'SET' || type.op === 'CHOICE') {
    const keys = type.list.map(c => c.type.key).filter(k => k >= 0);
    if (type.op !== 'SEQ') expect(new Set(keys).size, `${type.name}: tags must differ`).toBe(keys.length);
    type.accept(0);
    for (const c of type.list) if (c.type.anonymous) visit(c.type, seen);
  } else if (['SEQOF', 'SETOF', 'EXPLICIT', 'SECRET', 'INSIDE'].includes(type.op)) {
    if (type.op.endsWith('OF')) expect(type.itemField).not.toBe('');
    if (type.of.anonymous) visit(type.of, seen);
  }
}

const MODULES: Module[] = [
  PRESENTATION,
  ACSE,
  RTSE,
  ROSE,
  ISO_9506,
  X509SAT,
  X509IF,
  X509AF,
  X509CE,
  ADDRESS,
  AUTO_ACTIONS,
  MTS,
  MTA,
  ACCESS,
  MS,
  IPMS,
  FTBP,
  MMS,
  EDIMS,
];

describe.each(MODULES.map(m => [m.source.id ?? m.proto, m] as const))('table %s', (_, module) => {
  it('compiles every type', () => {
    const seen = new Set<Type>();
    for (const name of Object.keys(module.source.types)) visit(module.type(name), seen);
    expect(seen.size).toBeGreaterThanOrEqual(Object.keys(module.source.types).length);
  });
  it('compiles every row of its open tables', () => {
    for (const [table, rows] of Object.entries(module.source.tables ?? {})) {
      for (const key of Object.keys(rows)) expect(module.lookup(table, key)).not.toBeNull();
    }
  });
});
