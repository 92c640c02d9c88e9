import { find } from '../../asn1/tree.ts';
import type { PPDUS } from '../../osi/presentation.ts';
import type { Facts } from './facts.ts';
import type { Layer } from './layers.ts';
import type { Release, ReleaseSpdu } from './release.ts';

type Tell = (code: string, detail: string) => void;

/** ACSE APDU (tag number) that belongs into each PPDU kind's session primitive (X.227 §8.2). */
const ACSE_IN: Partial<Record<keyof typeof PPDUS, readonly number[]>> = { CP: [0], CPA: [1], CPR: [1], AB: [4] };
/** The ACSE APDU that belongs into each SPDU of the release (X.227 §8.2, X.226 §6.3): A-RELEASE maps onto it one to one. */
const RLRQ = 2;
const RLRE = 3;
const RELEASE: Readonly<Record<ReleaseSpdu, readonly [apdu: number, name: string]>> = {
  FN: [RLRQ, 'FINISH'],
  DN: [RLRE, 'DISCONNECT'],
  NF: [RLRE, 'NOT FINISHED'],
};
const ACSE_NAMES = ['AARQ', 'AARE', 'RLRQ', 'RLRE', 'ABRT', 'A-DT', 'ACRQ', 'ACRP'];

/**
 * What is wrong with the encoding of the connection layers' PDUs. Unknown elements of a CP are to be ignored (X.226 §8.5.1), and an
 * element behind a damaged one is not blamed: each layer tells its first fault of each kind.
 */
export function judgeLayers(layers: readonly Layer[], kind: keyof typeof PPDUS, tell: Tell): void {
  // Counted from the PPDU: where it stands in a buffer depends on how its octets arrived.
  const from = layers[0]?.start ?? 0;
  for (const layer of layers) {
    const told = new Set<string>();
    for (const f of layer.faults) {
      const code = f.code.startsWith('ber.') ? 'pres.ber' : f.code === 'asn1.missing' ? missingCode(layer.kind) : null;
      if (code === null || told.has(code)) continue;
      told.add(code);
      tell(code, `${layer.kind}: ${f.detail} (octets ${f.start - from} to ${f.end - from})`);
    }
    if (layer.kind === 'pres') judgeMode(layer, tell);
    if (layer.kind === 'acse') {
      const expected = ACSE_IN[kind];
      const apdu = layer.fields[0]?.value;
      if (expected !== undefined && typeof apdu === 'number' && !expected.includes(apdu)) {
        tell('acse.order', `${apduName(apdu)} in a ${kind} PPDU`);
      }
    }
  }
}

function apduName(apdu: number): string {
  return ACSE_NAMES[apdu] ?? `ACSE APDU ${apdu}`;
}

/**
 * X.227 §7.3: RLRQ asks, RLRE answers.
 *
 * @param request what the FINISH carried that this SPDU answers; null when none was seen
 */
export function judgeRelease(spdu: ReleaseSpdu, carried: Release, request: Release | null, tell: Tell): void {
  if (typeof carried !== 'number') return;
  const [expected, name] = RELEASE[spdu];
  if (carried !== expected) tell('acse.order', `${apduName(carried)} in a ${name}`);
  else if (carried === RLRE && request === 'none') tell('acse.order', 'RLRE answers a FINISH without an RLRQ');
}

function missingCode(layer: Layer['kind']): string | null {
  if (layer === 'acse') return 'acse.mandatory-missing';
  if (layer === 'rtse') return 'rtse.mandatory-missing';
  return layer === 'pres' ? 'pres.mandatory-missing' : null;
}

/** X.226 §8.2: the mode selector, and the parameters that go with it. */
function judgeMode(layer: Layer, tell: Tell): void {
  const mode = find(layer.fields, 'pres.mode_value')?.value;
  if (typeof mode !== 'number') return;
  if (mode !== 0 && mode !== 1) tell('pres.mode', `mode-value ${mode}`);
  const x410 = find(layer.fields, 'pres.x410_mode_parameters_element') !== undefined;
  const normal = find(layer.fields, 'pres.normal_mode_parameters_element') !== undefined;
  if (mode === 1 && x410) tell('pres.mode', 'X.410 mode parameters in normal mode');
  if (mode === 0 && normal) tell('pres.mode', 'normal mode parameters in X.410-1984 mode');
}

/** RTORQ against the mode, RTOAC against RTORQ (X.228). */
export function judgeRtse(facts: Facts, layers: readonly Layer[], tell: Tell): void {
  const fields = layers.flatMap(l => l.fields);
  if (find(fields, 'rtse.connectionDataRQ') !== undefined) {
    if (facts.mode === 'normal' && facts.applicationProtocol !== null) {
      tell('rtse.application-protocol', `application protocol ${facts.applicationProtocol} in normal mode`);
    }
    return;
  }
  if (find(fields, 'rtse.connectionDataAC') === undefined || facts.proposedCheckpointSize === null) return;
  const { checkpointSize, proposedCheckpointSize, windowSize, proposedWindowSize } = facts;
  // 0 stands for no checkpoints at all, so that it is the weakest proposal.
  const weaker = proposedCheckpointSize === 0 ? checkpointSize! > 0 : checkpointSize! > proposedCheckpointSize;
  if (weaker)
    tell('rtse.negotiation', `checkpoint size ${checkpointSize} answers the proposed ${proposedCheckpointSize}`);
  // Without checkpoints there is nothing that a window counts: the value of an absent one says nothing.
  if (checkpointSize !== 0 && proposedWindowSize !== null && windowSize! > proposedWindowSize) {
    tell('rtse.negotiation', `window size ${windowSize} answers the proposed ${proposedWindowSize}`);
  }
}
