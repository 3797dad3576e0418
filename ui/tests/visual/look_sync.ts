/** Scenes of the Sync screen. */
import type { PretendTill } from '../pretend_till';
import { people, saleRows } from '../samples';
import { queueItems, unequal } from '../samples_sync';
import type { Hands, Scenes } from './look_shop';

export function syncScenes(till: PretendTill, { later, press }: Hands): Scenes {
  const open = async (tab: string, at = 2) => {
    till.operator = people[at] ?? null;
    await later(300);
    press('safety-line');
    await later(300);
    press(`sync-tab-${tab}`);
    await later(300);
  };
  const trouble = () => {
    till.safety = { ...till.safety, kind: 'needs_person', needs_person: 3 };
  };
  const offline = () => {
    till.cloud.items = queueItems(12);
    till.safety = {
      ...till.safety,
      kind: 'offline',
      sales_waiting: 12,
      ops_waiting: 14,
      since_at_ms: Date.now() - 9e5,
      next_attempt_at_ms: Date.now() + 28_000,
      last_answer: 'The cloud did not answer within 10 seconds',
    };
  };
  return {
    needsyou: async () => {
      trouble();
      await open('needs_you');
    },
    mix: async () => {
      trouble();
      await open('needs_you');
      press('choice-field_by_field');
      await later(50);
      press('conflict-pick-name-mine');
    },
    race: async () => {
      trouble();
      await open('needs_you');
      press('needs-you-c-count');
      await later(50);
      press('choice-accept_count');
    },
    parked: async () => {
      trouble();
      await open('needs_you', 0);
      press('needs-you-c-parked');
    },
    settled: async () => {
      await open('needs_you');
      press('needs-you-show-settled');
    },
    nothing: async () => {
      till.cloud.conflicts = [];
      await open('needs_you');
    },
    syncqueue: async () => {
      offline();
      await open('queue');
    },
    sending: async () => {
      offline();
      till.safety = { ...till.safety, kind: 'sending', since_at_ms: null };
      till.cloud.progress = { done: 312, total: 431, what: 'sending' };
      await open('queue');
    },
    paused: async () => {
      offline();
      till.cloud.paused = true;
      await open('queue');
    },
    line: async () => {
      till.sold = saleRows(30);
      offline();
      await open('sale_line');
    },
    proof: () => open('proof'),
    unequal: async () => {
      till.cloud.proof = unequal;
      await open('proof');
    },
    log: async () => {
      await open('log');
      press('log-bundle');
    },
    tools: async () => {
      await open('tools', 3);
      press('tool-test_path');
    },
    toolsno: () => open('tools', 0),
    leave: async () => {
      offline();
      await open('tools', 3);
      press('tool-leave_cloud');
    },
    syncalone: async () => {
      till.cloud.url = null;
      till.cloud.kind = 'alone';
      till.safety = { ...till.safety, kind: 'alone', last_answer: null };
      await open('queue');
    },
    join: async () => {
      till.cloud.url = null;
      till.cloud.kind = 'alone';
      till.safety = { ...till.safety, kind: 'alone', last_answer: null };
      await open('needs_you');
      press('sync-join');
    },
  };
}
