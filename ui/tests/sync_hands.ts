/** Opens the window on the Sync screen of a pretend till. */
import type { SettleRequest } from '../src/bindings';
import { route, type SyncTab } from '../src/state/route.svelte';
import type { PretendTill } from './pretend_till';
import { queueItems } from './samples_sync';
import { as, calls, open, seen } from './window';

export async function go(
  tab: SyncTab,
  who = 'Aylin',
  prepare: (p: PretendTill) => void = () => undefined,
): Promise<PretendTill> {
  const pretend = open((p) => {
    as(who)(p);
    prepare(p);
  });
  await seen('sell');
  route.go({ at: 'sync', tab, id: null });
  await seen('sync');
  return pretend;
}

export const offline = (p: PretendTill) => {
  p.cloud.items = queueItems(12);
  p.safety = { ...p.safety, kind: 'offline', sales_waiting: 12, ops_waiting: 14 };
};
export const settled = (pretend: PretendTill) =>
  calls(pretend, 'settle').map((args) => args.request as SettleRequest);
