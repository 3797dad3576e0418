/** What the pretend till tells on its Sync screen: conflicts, queue, proof, log and tools. */
import type {
  ConflictQuery,
  ConflictView,
  LogLine,
  LogQuery,
  PathStep,
  ProofView,
  QueueItemView,
  QueueQuery,
  SettleRequest,
  SyncOverview,
} from '../src/bindings';
import { conflicts, logLines, proofOf, queueItems } from './samples_sync';
import type { PretendTill } from './pretend_till';
import { NOW, refused } from './samples';

export class PretendCloud {
  conflicts: ConflictView[] = conflicts();
  items: QueueItemView[] = queueItems(0);
  proof: ProofView = proofOf();
  lines: LogLine[] = logLines;
  paused = false;
  url: string | null = 'https://cloud.example';
  kind: SyncOverview['sentence_kind'] | null = null;
  progress: SyncOverview['progress'] = null;
  steps: PathStep[] = [
    { name: 'name', ok: true, words: 'cloud.example is 192.0.2.7' },
    { name: 'tcp', ok: true, words: 'answers on port 443 in 18 ms' },
    { name: 'tls', ok: true, words: 'the certificate is for cloud.example and valid for 61 days' },
    { name: 'clock', ok: true, words: 'both clocks agree within a second' },
    { name: 'token', ok: true, words: 'the cloud knows this till' },
    { name: 'limits', ok: true, words: '500 entries or 8 MB at once' },
  ];

  constructor(readonly till: PretendTill) {}

  open = () => this.conflicts.filter((c) => c.open);

  overview(): SyncOverview {
    const { safety } = this.till;
    const role = this.till.operator?.role;
    return {
      safety,
      sentence_kind: this.kind ?? (this.paused ? 'paused' : safety.kind),
      needs_you: safety.needs_person,
      waiting: safety.ops_waiting,
      proof: this.proof,
      cloud_url: this.url,
      paused: this.paused,
      role_tools: role === 'manager' || role === 'installer',
      progress: this.progress,
    };
  }

  deeds: Record<string, (args: Record<string, unknown>) => unknown> = {
    sync_overview: () => this.overview(),
    needs_you: (args) => {
      const { text, settled } = args.query as ConflictQuery;
      return this.conflicts
        .filter((c) => c.open !== settled)
        .filter((c) => c.title.toLowerCase().includes((text ?? '').toLowerCase()));
    },
    settle: (args) => {
      const request = args.request as SettleRequest;
      const view = this.conflicts.find((c) => c.conflict === request.conflict);
      if (!view) throw refused('conflict_unknown', 'gone');
      if (view.version !== request.version) throw refused('conflict_changed', 'other version');
      view.settling = true;
      return { ...view };
    },
    queue: (args) => {
      const { text, limit } = args.query as QueueQuery;
      return this.items
        .filter((i) => i.words.toLowerCase().includes((text ?? '').toLowerCase()))
        .slice(0, limit);
    },
    pause_sync: ({ paused }) => {
      this.paused = paused as boolean;
      return this.till.status();
    },
    retry_op: () => this.till.status(),
    find_sale: ({ text }) => this.till.sold.filter((row) => row.number.includes(String(text))),
    proof: () => this.proof,
    check_proof: () => (this.proof = { ...this.proof, checked_at_ms: NOW }),
    sync_log: (args) => {
      const { text, limit } = args.query as LogQuery;
      return this.lines
        .filter((l) => l.words.toLowerCase().includes((text ?? '').toLowerCase()))
        .slice(0, limit);
    },
    support_bundle: () => ({
      path: '/data/till-2/holdfast-support-2026-11-20.json.zst',
      bytes: 48_112,
      words: 'Log, queue, versions and figures. No PINs, no keys, no articles.',
    }),
    rebuild_outbox: () => ({ words: 'The outbox was made anew: 12 entries wait.', path: null }),
    reread_catalogue: () => ({ words: 'The catalogue is fetched anew.', path: null }),
    export_vault: ({ path }) => ({ words: 'The vault is exported.', path }),
    salvage_file: ({ path }) => ({ words: '12 records, signed by this till.', path }),
    test_path: () => this.steps,
    leave_cloud: (args) => {
      const { export_to } = args.request as { export_to: string | null };
      if (this.till.safety.ops_waiting > 0 && export_to === null) {
        throw refused('ops_unsent', 'unsent', { value: `${this.till.safety.ops_waiting}` });
      }
      this.url = null;
      this.kind = 'alone';
      return { words: 'This till belongs to no cloud any more.', path: export_to };
    },
  };
}
