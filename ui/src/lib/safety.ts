/**
 * The safety line: one sentence that says where this till's sales are, and the meaning that colours
 * it. The three meanings never mix: safe, waiting, needs a person.
 */
import type { Safety, SyncOverview } from '../bindings';
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

/** The sentence at the top of the Sync screen. */
export function overviewSentence(overview: SyncOverview): string {
  const { safety, needs_you } = overview;
  switch (overview.sentence_kind) {
    case 'alone':
      return safetySentence({ ...safety, kind: 'alone' });
    case 'all_safe':
      return safetySentence({ ...safety, kind: 'all_safe' });
    case 'sending':
      return safetySentence({ ...safety, kind: 'sending' });
    case 'fetching':
      return `${allSafe(safety.sales_total)}, fetching what is new`;
    case 'offline':
      return safetySentence({ ...safety, kind: 'offline' });
    case 'paused':
      return safety.sales_waiting === 0
        ? `Sending is paused, ${counted(overview.waiting, 'entry waits', 'entries wait')}`
        : `Sending is paused, ${onThisTill(safety.sales_waiting)}`;
    case 'needs_person':
      return needs_you === 1 ? '1 thing needs a person' : `${needs_you} things need a person`;
  }
}

/** Which of the three meanings the top of the Sync screen has. */
export const overviewMeaning: Record<SyncOverview['sentence_kind'], Meaning> = {
  alone: 'safe',
  all_safe: 'safe',
  sending: 'waiting',
  fetching: 'safe',
  offline: 'waiting',
  paused: 'waiting',
  needs_person: 'person',
};

/** What is safe all the same, in one line below the sentence: nobody should fear for a sale. */
export function overviewMore(overview: SyncOverview): string {
  const { safety } = overview;
  if (overview.cloud_url === null) {
    return 'Every sale is on this till’s own disk. Join a cloud whenever you like.';
  }
  if (safety.sales_waiting === 0 && safety.sales_total > 0) {
    return `Every sale is on this till’s own disk and in the cloud: ${safety.sales_total} in all.`;
  }
  return 'Every sale is on this till’s own disk. Selling never waits for the cloud.';
}
