import type { TenderKind } from "./TenderKind";

export type TenderLineView = { tender_id: string; kind: TenderKind; amount_minor: number; reference: string | null };
