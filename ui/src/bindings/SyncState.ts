export type SyncState = 'pending' | 'in_flight' | 'synced' | 'retryable_error' | 'fatal_error' | 'dead_letter' | 'conflict';
