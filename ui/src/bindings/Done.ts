import type { TenderLineView } from "./TenderLineView";
import type { SaleKind } from "./SaleKind";
import type { ReceiptPreview } from "./ReceiptPreview";
import type { PrintJobView } from "./PrintJobView";

export type Done = { sale_id: string; number: string; kind: SaleKind; to_pay_minor: number; tendered_minor: number; change_minor: number; preview: ReceiptPreview; print: PrintJobView | null; tenders: TenderLineView[] };
