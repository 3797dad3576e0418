/** Role and unit names, and the little marks people are known by on a tile. */
import type { CartLineView, OperatorDto, SaleRow } from '../bindings';
import type { Meaning } from './safety';

export const roleWords: Record<OperatorDto['role'], string> = {
  cashier: 'Cashier',
  supervisor: 'Supervisor',
  manager: 'Manager',
  installer: 'Installer',
};

/** Those whose PIN may approve what a cashier may not. */
export const approvers = (all: OperatorDto[]) =>
  all.filter((o) => o.role === 'supervisor' || o.role === 'manager');

/** Whether this operator changes products, moves and counts stock, and settles what needs a person. */
export const keepsShop = (operator: OperatorDto | null) => approvesAlone(operator);

/** Whether this operator may use the installer's tools. */
export const mayUseTools = (operator: OperatorDto | null) =>
  operator !== null && (operator.role === 'manager' || operator.role === 'installer');

/** Whether this operator approves price changes, quick articles and refunds without asking. */
export const approvesAlone = (operator: OperatorDto | null) =>
  operator !== null && (operator.role === 'supervisor' || operator.role === 'manager');

export const unitWords: Record<CartLineView['unit'], string> = {
  piece: '',
  kilogram: 'kg',
  litre: 'l',
  metre: 'm',
};

export const syncWords: Record<SaleRow['sync'], string> = {
  pending: 'on this till',
  in_flight: 'being sent',
  synced: 'in the cloud',
  retryable_error: 'will be sent again',
  fatal_error: 'needs a person',
  dead_letter: 'needs a person',
  conflict: 'needs a person',
};

/** Which of the three meanings a state has. */
export const syncMeaning: Record<SaleRow['sync'], Meaning> = {
  pending: 'waiting',
  in_flight: 'waiting',
  synced: 'safe',
  retryable_error: 'waiting',
  fatal_error: 'person',
  dead_letter: 'person',
  conflict: 'person',
};
