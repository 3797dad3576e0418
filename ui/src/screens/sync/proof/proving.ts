/** The proof as rows: what this till holds beside what the cloud holds of it. Compared, not computed. */
import type { CountsView, CurrencyDto, ProofView } from '../../../bindings';
import { money } from '$lib/money';

export interface ProofRow {
  name: string;
  label: string;
  till: string;
  cloud: string;
  same: 'true' | 'false' | 'unknown';
}

const cells: [name: string, label: string, text: (of: CountsView, in_: CurrencyDto) => string][] = [
  ['ops', 'Entries', (c) => `${c.ops}`],
  ['sales', 'Sales', (c) => `${c.sales}`],
  ['refunds', 'Refunds', (c) => `${c.refunds}`],
  ['lines', 'Lines', (c) => `${c.lines}`],
  ['net', 'Value without tax', (c, currency) => money(c.net_minor, currency)],
  ['head_seq', 'Last entry', (c) => (c.head_seq === 0 ? 'none' : `no. ${c.head_seq}`)],
  ['head_hash', 'Its fingerprint', (c) => c.head_hash ?? 'none'],
];

export function proofRows(proof: ProofView, currency: CurrencyDto): ProofRow[] {
  return cells.map(([name, label, text]) => {
    const till = text(proof.till, currency);
    const cloud = proof.cloud === null ? '' : text(proof.cloud, currency);
    const same = proof.cloud === null ? 'unknown' : till === cloud ? 'true' : 'false';
    return { name, label, till, cloud, same };
  });
}
