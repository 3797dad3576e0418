/**
 * What the window says for each code of an `AppError`: a sentence, and a way on. The map is closed:
 * a code without words does not compile. Numbers and names come from the error itself; `detail` is
 * for support and is never part of the sentence.
 */
import type { AppError } from '../bindings';
import { span } from './time';

type Code = AppError['code'];
/** What a command rejected with, for parts that know no trade. */
export type Refused = AppError;
type Say = string | ((error: AppError) => string);
interface Entry {
  says: Say;
  way: Say;
}

const quoted = (error: AppError, fallback: string) => (error.value ? `“${error.value}”` : fallback);
const upTo = (error: AppError) => (error.limit ? ` The limit is ${error.limit}.` : '');
const unsent = (error: AppError) =>
  error.value === '1' ? '1 entry is' : `${error.value ?? 'Some'} entries are`;
const fieldName = (error: AppError) => (error.field ?? 'this field').replaceAll('_', ' ');

const entries: Record<Code, Entry> = {
  wrong_pin: { says: 'That PIN is not right.', way: 'Try again slowly.' },
  pin_locked: {
    says: 'Too many wrong PINs: this operator is locked for a while.',
    way: 'Wait for the count-down, or let another operator sign in.',
  },
  pin_malformed: {
    says: 'A PIN has 4 to 8 digits and is not easily guessed.',
    way: 'Choose one that is not all the same digit and not 1234.',
  },
  not_signed_in: { says: 'Nobody is signed in.', way: 'Sign in to go on.' },
  not_allowed: {
    says: 'Your role does not allow this.',
    way: 'Ask a supervisor to approve it with their PIN.',
  },
  approval_wrong: {
    says: 'The approval was not accepted.',
    way: 'Check who approves, and type the PIN again.',
  },
  unknown_code: {
    says: (e) => `No article has the code ${quoted(e, 'that was scanned')}.`,
    way: 'Search for the article, or ring a quick article.',
  },
  product_unknown: {
    says: 'This article is no longer in the catalogue.',
    way: 'Search for it again.',
  },
  quantity_zero: {
    says: 'A quantity of 0 sells nothing.',
    way: 'Type a larger quantity, or void the line.',
  },
  quantity_not_whole: {
    says: (e) => `${quoted(e, 'That')} is not a whole number, and this is sold by the piece.`,
    way: 'Type a whole number.',
  },
  quantity_too_large: {
    says: (e) => `${quoted(e, 'That quantity')} is too large for one line.${upTo(e)}`,
    way: 'Check that no barcode was typed as a quantity.',
  },
  price_negative: {
    says: 'A price cannot be below nought.',
    way: 'To give money back, refund the sale from Sales.',
  },
  price_too_large: {
    says: (e) => `${quoted(e, 'That price')} is too large.${upTo(e)}`,
    way: 'Check that no barcode was typed as a price.',
  },
  amount_malformed: {
    says: (e) => `${quoted(e, 'This')} is not an amount.`,
    way: 'Type digits and at most one decimal point.',
  },
  line_unknown: {
    says: 'This line is no longer in the cart.',
    way: 'Select the line again.',
  },
  too_many_lines: {
    says: (e) => `The cart is full.${upTo(e)}`,
    way: 'Pay this cart and go on in a second one.',
  },
  cart_empty: { says: 'The cart is empty.', way: 'Scan something first.' },
  tendered_already: {
    says: 'Money has been taken for this cart, so its lines are fixed.',
    way: 'Remove the tenders to change the cart.',
  },
  tender_short: {
    says: 'This is not yet enough.',
    way: 'Add a tender for what remains.',
  },
  tender_exceeds_due: {
    says: 'A card can pay no more than what remains.',
    way: 'Type what remains, or take cash.',
  },
  tender_unknown: {
    says: 'This tender was already removed.',
    way: 'Look at the list of tenders.',
  },
  sale_unknown: {
    says: (e) => `No sale is known as ${quoted(e, 'that')}.`,
    way: 'Search by receipt number, article or amount.',
  },
  refund_exceeds_sold: {
    says: 'More would be given back than was sold.',
    way: 'Lower the quantity to what may still be given back.',
  },
  refund_nothing: {
    says: 'Nothing is chosen to give back.',
    way: 'Choose at least one line.',
  },
  untold_sale_first: {
    says: 'A recorded sale has not been looked at yet.',
    way: 'Print its receipt or void it, then sell on.',
  },
  already_set_up: { says: 'This till is already set up.', way: 'Sign in to use it.' },
  not_set_up: { says: 'This till is not set up yet.', way: 'Choose one of the three ways.' },
  currency_unknown: {
    says: (e) => `${quoted(e, 'That')} is not a currency this till knows.`,
    way: 'Choose one from the list.',
  },
  name_missing: {
    says: (e) => `The ${fieldName(e)} is missing.`,
    way: 'Type a name.',
  },
  rate_malformed: {
    says: (e) => `${quoted(e, 'This')} is not a tax rate.`,
    way: 'Type percent, such as 20 or 7.7.',
  },
  cloud_unreachable: {
    says: (e) => `The cloud does not answer${e.value ? ` at ${e.value}` : ''}.`,
    way: 'Check the address and the network, then try again. Selling goes on meanwhile.',
  },
  enrol_refused: {
    says: 'The cloud did not accept this code.',
    way: 'Codes work once: ask for a new one and type it again.',
  },
  already_enrolled: {
    says: 'This till already belongs to a branch.',
    way: 'Nothing needs to be done.',
  },
  printer_unreachable: {
    says: (e) => `The printer does not answer${e.value ? ` at ${e.value}` : ''}.`,
    way: 'Check that it is switched on and connected. The receipt waits in the print queue.',
  },
  disk_full: {
    says: 'The disk of this till is full, so no sale can be made safe.',
    way: 'Free some space or call the installer. Earlier sales are safe.',
  },
  disk_failed: {
    says: 'The disk did not confirm the last write, so selling has stopped.',
    way: 'Start the till again and call the installer. Confirmed sales are safe.',
  },
  read_only: {
    says: 'The till may not write to its folder.',
    way: 'Let the installer give it the right to write there.',
  },
  vault_newer: {
    says: 'The vault was written by a newer version of Holdfast.',
    way: 'Update this program. Nothing was changed.',
  },
  vault_in_use: {
    says: 'Holdfast is already running on this vault.',
    way: 'Use the window that is open, or close it first.',
  },
  vault_damaged: {
    says: 'The vault is damaged and was set aside whole.',
    way: 'Call the installer: what can be read is kept.',
  },
  key_missing: {
    says: 'The key to the vault is missing.',
    way: 'Call the installer. Do not set up the till again.',
  },
  file_unreadable: {
    says: (e) => `${quoted(e, 'A file')} could not be read.`,
    way: 'Check the file, then try again.',
  },
  too_large: {
    says: (e) => `The ${fieldName(e)} is too long.${upTo(e)}`,
    way: 'Shorten it.',
  },
  barcode_taken: {
    says: (e) => `The barcode ${quoted(e, 'you added')} is on another article already.`,
    way: 'Check the label. If both articles really carry it, use it for both: the till will ask.',
  },
  barcode_malformed: {
    says: (e) => `${quoted(e, 'That')} cannot be a barcode.${upTo(e)}`,
    way: 'Scan the label, or type its digits without spaces.',
  },
  reason_missing: {
    says: 'A reason is missing.',
    way: 'Say in a word or two why, so that the next person understands it.',
  },
  tax_class_unknown: {
    says: (e) => `This branch has no tax class ${quoted(e, 'of that name')}.`,
    way: 'Choose one from the list.',
  },
  nothing_changed: {
    says: 'Nothing is different from before, so nothing was written.',
    way: 'Change a field, or go back.',
  },
  conflict_unknown: {
    says: 'This entry is no longer on the list.',
    way: 'Look at the list again: it may have been settled elsewhere.',
  },
  conflict_changed: {
    says: 'It changed, or somebody settled it, while you were looking. Nothing was decided.',
    way: 'Look at both versions again, then decide.',
  },
  decision_not_possible: {
    says: (e) =>
      e.field === 'lines'
        ? `The list does not hold what was to be counted again: ${quoted(e, 'its article')}.`
        : 'This cannot be decided that way.',
    way: 'Choose one of the ways that are offered; a new count needs its article on the list.',
  },
  ops_unsent: {
    says: (e) => `${unsent(e)} not yet in the cloud, so the till stays joined.`,
    way: 'Let them be sent first, or export the vault and leave with the file.',
  },
  no_cloud: {
    says: 'This till belongs to no cloud.',
    way: 'Join one first. Selling does not need it.',
  },
  path_taken: {
    says: (e) => `There is a file at ${quoted(e, 'that path')} already.`,
    way: 'Choose another name: nothing is ever overwritten.',
  },
  internal: {
    says: 'Something went wrong inside the till. Nothing that was confirmed is lost.',
    way: 'Try again; if it stays, copy the details for support.',
  },
};

const put = (say: Say, error: AppError) => (typeof say === 'string' ? say : say(error));

/** What happened, in one sentence. */
export const sentence = (error: AppError) => put(entries[error.code].says, error);

/** What to do now. */
export const wayOn = (error: AppError) => put(entries[error.code].way, error);

/** What support needs, as one block to copy. */
export function supportText(error: AppError): string {
  const facts = [error.field, error.value, error.limit].filter(Boolean).join(' · ');
  return [`code: ${error.code}`, facts && `facts: ${facts}`, `detail: ${error.detail}`]
    .filter(Boolean)
    .join('\n');
}

/** The clock's warning, when it is worth one (two minutes or more). */
export function clockWarning(wrongByMs: number | null): string | null {
  if (wrongByMs === null || Math.abs(wrongByMs) < 120_000) return null;
  return `Clock ${span(wrongByMs)} ${wrongByMs > 0 ? 'fast' : 'slow'}`;
}

/** Every code there are words for. */
export const codes = Object.keys(entries) as Code[];
