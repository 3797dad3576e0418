import type { TenderKind } from "./TenderKind";
import type { RefundLineRequest } from "./RefundLineRequest";

export type RefundRequest = { sale_id: string; lines: RefundLineRequest[]; reason: string; tender: TenderKind; reference: string | null };
