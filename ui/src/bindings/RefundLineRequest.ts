export type RefundLineRequest = { line_no: number; quantity_milli: number; back_to_stock: boolean };
