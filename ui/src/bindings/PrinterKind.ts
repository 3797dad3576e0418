export type PrinterKind = 'none' | 'ready' | 'printing' | 'waiting';
