import { find, findAll } from '../../asn1/tree.ts';
import type { Field } from '../../model/field.ts';
import { type LayerKind, syntaxOf } from './names.ts';

/** A result that names its reason (X.226 §8.2, Result-list). */
const PROVIDER_REJECTION = 2;

export interface PresentationContext {
  readonly id: number;
  readonly abstract: string;
  readonly transfers: readonly string[];
  /** Null until the responder answered. */
  accepted: boolean | null;
  transfer: string | null;
}

/** The defined-context set of one association (X.226 §6.1.2), as the CP, CPA and alter-context exchanges make it. */
export class Contexts {
  private readonly byId = new Map<number, PresentationContext>();
  /** Contexts of the last CP in their order: the CPA answers by position (§6.2.3.5). */
  private proposed: PresentationContext[] = [];
  /** Identifiers of contexts that an alter-context PPDU wants deleted, in its order. */
  private leaving: number[] = [];
  /** True once a definition list was seen, so that an unknown identifier means something. */
  known = false;
  /** Counts the changes. */
  revision = 0;

  /** The members of the set: what was rejected is none of it. */
  get members(): PresentationContext[] {
    return [...this.byId.values()].filter(c => c.accepted !== false);
  }

  get all(): Iterable<PresentationContext> {
    return this.byId.values();
  }

  get(id: number): PresentationContext | undefined {
    return this.byId.get(id);
  }

  /** Takes the definition list of a CP. */
  define(fields: readonly Field[], fromInitiator: boolean, tell: (code: string, detail: string) => void): void {
    this.known = true;
    this.byId.clear();
    this.add(fields, fromInitiator, tell);
  }

  /** Takes the definitions of a CP or of an alter-context PPDU; tells what X.226 forbids. */
  add(fields: readonly Field[], fromInitiator: boolean, tell: (code: string, detail: string) => void): void {
    this.revision++;
    this.proposed = [];
    for (const item of findAll(fields, 'pres.Context_list_item_element')) {
      const id = find([item], 'pres.presentation_context_identifier')?.value;
      const abstract = find([item], 'pres.abstract_syntax_name')?.value;
      if (typeof id !== 'number' || typeof abstract !== 'string') continue;
      const transfers = findAll([item], 'pres.Transfer_syntax_name').map(f => String(f.value));
      const odd = id % 2 !== 0;
      if (odd !== fromInitiator) {
        const who = fromInitiator ? 'the initiator' : 'the responder';
        tell(
          'pres.context-identifier',
          `${who} defines context ${id}, its identifiers are ${fromInitiator ? 'odd' : 'even'}`,
        );
      }
      // What was rejected may be proposed again.
      if (this.byId.has(id) && this.byId.get(id)!.accepted !== false)
        tell('pres.context-identifier', `context ${id} is defined twice`);
      const context: PresentationContext = { id, abstract, transfers, accepted: null, transfer: null };
      this.proposed.push(context);
      this.byId.set(id, context);
    }
  }

  /** Takes the result list of a CPA or of the answer to an alter-context PPDU. */
  answer(fields: readonly Field[], name: string, tell: (code: string, detail: string) => void): void {
    const list = find(fields, name);
    if (list === undefined) return;
    this.revision++;
    const items = list.children;
    if (this.proposed.length > 0 && items.length !== this.proposed.length) {
      tell('pres.result-list', `${items.length} results answer ${this.proposed.length} context definitions`);
    }
    items.forEach((item, i) => {
      const context = this.proposed[i];
      const result = find([item], 'pres.result')?.value;
      const transfer = find([item], 'pres.transfer_syntax_name')?.value;
      if (context === undefined || typeof result !== 'number') return;
      context.accepted = result === 0;
      context.transfer = typeof transfer === 'string' ? transfer : null;
      if (result === 0 && context.transfer === null) {
        tell('pres.result-list', `context ${context.id} is accepted without a transfer syntax`);
      } else if (result === 0 && !context.transfers.includes(context.transfer!)) {
        tell('pres.result-list', `context ${context.id} is accepted with ${context.transfer}, which was not offered`);
      } else if (result === PROVIDER_REJECTION && find([item], 'pres.provider_reason') === undefined) {
        tell('pres.result-list', `context ${context.id} is rejected by the provider without a reason`);
      }
    });
  }

  /** Takes what an alter-context PPDU proposes to delete, and once that is agreed, deletes it (X.226 §6.5.2). */
  propose(fields: readonly Field[]): void {
    const list = find(fields, 'pres.presentation_context_deletion_list');
    this.leaving = (list?.children ?? []).map(f => (typeof f.value === 'number' ? f.value : -1));
  }

  delete(fields: readonly Field[]): void {
    const list = find(fields, 'pres.presentation_context_deletion_result_list');
    list?.children.forEach((result, i) => {
      if (result.value === 0) this.byId.delete(this.leaving[i] ?? -1);
    });
    this.leaving = [];
    this.revision++;
  }

  /** The contexts of the last CP as they are now. */
  copy(): PresentationContext[] {
    return this.proposed.map(c => ({ ...c }));
  }

  /** As if the CP (and the CPA) had been read that left these contexts. */
  restore(contexts: readonly PresentationContext[]): void {
    this.revision++;
    this.known = true;
    this.byId.clear();
    this.proposed = contexts.map(c => ({ ...c }));
    for (const c of this.proposed) this.byId.set(c.id, c);
  }

  /** Which table reads a value of this context; null when the context is not known (no CP in the capture). */
  layer(id: number): LayerKind | null {
    const context = this.byId.get(id);
    return context === undefined ? null : (syntaxOf(context.abstract)?.layer ?? 'unknown');
  }
}
