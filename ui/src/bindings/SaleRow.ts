import type { SaleKind } from "./SaleKind";
import type { SyncState } from "./SyncState";
import type { GivenBack } from "./GivenBack";

export type SaleRow = { sale_id: string; seq: number; number: string; kind: SaleKind; completed_at_ms: number; operator_name: string; lines: number; total_minor: number; sync: SyncState; given_back: GivenBack };
