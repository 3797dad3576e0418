import type { TenderLineView } from "./TenderLineView";

export type TenderView = { sale_id: string; gross_minor: number; cash_rounding_minor: number; to_pay_minor: number; tendered_minor: number; remaining_minor: number; change_minor: number; quick_cash_minor: number[]; tenders: TenderLineView[] };
