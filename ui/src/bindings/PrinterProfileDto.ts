export type PrinterProfileDto = { id: string; name: string; paper_mm: number; columns: number };
