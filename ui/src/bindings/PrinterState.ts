import type { PrinterKind } from "./PrinterKind";

export type PrinterState = { kind: PrinterKind; name: string; trouble: string | null };
