/**
 * The safety line: one sentence that says where this till's sales are, and the meaning that colours
 * it. The three meanings never mix: safe, waiting, needs a person.
 */
import type { Safety } from '../bindings';
import { clock } from './time';

export type Meaning = 'safe' | 'waiting' | 'person';

export const counted = (n: number, one: string, many = `${one}s`) =>
  n === 1 ? `1 ${one}` : `${n} ${many}`;

function allSafe(total: number): string {
  if (total === 0) return 'In touch with the cloud, no sales yet';
  if (total === 1) return 'The one sale is in the cloud';
  return `All ${total} sales are in the cloud`;
}

function onThisTill(n: number): string {
  return `${counted(n, 'sale')} safe on this till`;
}

/** The sentence of the header. */
export function safetySentence(safety: Safety): string {
  switch (safety.kind) {
    case 'alone':
      return safety.sales_total === 0
        ? 'Selling alone, every sale is kept on this till'
        : `Selling alone, ${onThisTill(safety.sales_total)}`;
    case 'all_safe':
      return allSafe(safety.sales_total);
    case 'sending':
      return safety.sales_waiting === 0
        ? `Sending ${counted(safety.ops_waiting, 'change')} to the cloud`
        : `${onThisTill(safety.sales_waiting)}, sending`;
    case 'offline': {
      const since =
        safety.since_at_ms === null ? 'Offline' : `Offline since ${clock(safety.since_at_ms)}`;
      return safety.sales_waiting === 0
        ? `${since}, every sale is in the cloud`
        : `${since}, ${onThisTill(safety.sales_waiting)}`;
    }
    case 'needs_person':
      return safety.needs_person === 1
        ? '1 thing needs a person'
        : `${safety.needs_person} things need a person`;
  }
}

/** Which of the three meanings a state has. Alone is a choice, not a fault: it is safe. */
export const safetyMeaning: Record<Safety['kind'], Meaning> = {
  alone: 'safe',
  all_safe: 'safe',
  sending: 'waiting',
  offline: 'waiting',
  needs_person: 'person',
};
