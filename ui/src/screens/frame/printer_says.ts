/** The printer's state in two or three words for the header, and a sentence behind them. */
import type { PrinterState } from '../../bindings';

export interface PrinterSays {
  says: string;
  more: string;
  meaning: 'calm' | 'waiting';
}

export function printerSays(printer: PrinterState, waiting: number): PrinterSays {
  const receipts = waiting === 1 ? '1 receipt waits' : `${waiting} receipts wait`;
  switch (printer.kind) {
    case 'none':
      return { says: 'No printer', more: 'Set one up in Settings', meaning: 'calm' };
    case 'printing':
      return { says: 'Printing', more: printer.name, meaning: 'calm' };
    case 'waiting':
      return { says: receipts, more: printer.trouble ?? printer.name, meaning: 'waiting' };
    case 'ready':
      return waiting > 0
        ? { says: receipts, more: printer.name, meaning: 'waiting' }
        : { says: 'Printer ready', more: printer.name, meaning: 'calm' };
  }
}
