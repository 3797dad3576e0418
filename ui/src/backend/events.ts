/** What the till tells the window unasked. Each function answers a way to stop listening. */
import { listen } from '@tauri-apps/api/event';
import type { PrintJobView, SyncProgress, TillStatus } from '../bindings';

function on<T>(event: string, take: (payload: T) => void): () => void {
  const stop = listen<T>(event, (message) => take(message.payload));
  return () => {
    stop.then((unlisten) => unlisten()).catch(() => undefined);
  };
}

/** The frame's state, whenever anything in it changes. */
export const onStatus = (take: (status: TillStatus) => void) => on('status', take);

/** A receipt on its way through the print queue. */
export const onPrint = (take: (job: PrintJobView) => void) => on('print', take);

/** How far sending or fetching has come. */
export const onSyncProgress = (take: (progress: SyncProgress) => void) => on('sync_progress', take);
