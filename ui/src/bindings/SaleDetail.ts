import type { TotalsView } from "./TotalsView";
import type { TenderLineView } from "./TenderLineView";
import type { SaleRow } from "./SaleRow";
import type { SaleLineView } from "./SaleLineView";
import type { TimeLineEntry } from "./TimeLineEntry";

export type SaleDetail = { row: SaleRow; of_sale: string | null; lines: SaleLineView[]; tenders: TenderLineView[]; totals: TotalsView; cash_rounding_minor: number; to_pay_minor: number; change_minor: number; reason: string | null; approved_by: string | null; time_line: TimeLineEntry[]; op_hash: string; refunds: SaleRow[] };
