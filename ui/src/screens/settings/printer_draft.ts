/** The printer's form as text, and how it becomes settings. The till says whether they are good. */
import type { PrinterSettings } from '../../bindings';

export type Kind = PrinterSettings['connection']['kind'];

export interface Draft {
  kind: Kind;
  address: string;
  path: string;
  baud: string;
  vendor: string;
  product: string;
}

export const emptyDraft: Draft = {
  kind: 'none',
  address: '',
  path: '',
  baud: '9600',
  vendor: '',
  product: '',
};

const hex = (id: number) => id.toString(16).padStart(4, '0');

export function draftOf(connection: PrinterSettings['connection']): Draft {
  const draft: Draft = { ...emptyDraft, kind: connection.kind };
  switch (connection.kind) {
    case 'none':
      return draft;
    case 'network':
      return { ...draft, address: connection.address };
    case 'serial':
      return { ...draft, path: connection.path, baud: `${connection.baud}` };
    case 'usb':
      return { ...draft, vendor: hex(connection.vendor), product: hex(connection.product) };
    case 'file':
      return { ...draft, path: connection.path };
  }
}

/** Null while something is missing or cannot be a number. */
export function connectionOf(draft: Draft): PrinterSettings['connection'] | null {
  const path = draft.path.trim();
  switch (draft.kind) {
    case 'none':
      return { kind: 'none' };
    case 'network':
      return draft.address.trim() === ''
        ? null
        : { kind: 'network', address: draft.address.trim() };
    case 'serial': {
      const baud = Number(draft.baud);
      return path === '' || !Number.isInteger(baud) || baud <= 0
        ? null
        : { kind: 'serial', path, baud };
    }
    case 'usb': {
      const vendor = parseInt(draft.vendor, 16);
      const product = parseInt(draft.product, 16);
      return Number.isNaN(vendor) || Number.isNaN(product)
        ? null
        : { kind: 'usb', vendor, product };
    }
    case 'file':
      return path === '' ? null : { kind: 'file', path };
  }
}
