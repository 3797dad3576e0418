/**
 * What the window says for each kind of conflict, each reason and each decision. The maps are
 * closed; a word that a newer cloud invents is shown as itself and never hides the entry.
 */
import type { ConflictView, Decision } from '../bindings';

interface KindWords {
  /** In a list. */
  name: string;
  /** Why a person is asked, in one sentence. */
  why: string;
}

export const kindWords: Record<string, KindWords> = {
  NEGATIVE_STOCK: {
    name: 'Stock below nought',
    why: 'More was sold than the stock says there was. The sales stand; the stock needs a look.',
  },
  COUNT_RACE: {
    name: 'Counted while it moved',
    why: 'Others moved this article before the count, and the counter could not have known.',
  },
  SALE_ID_REUSED: {
    name: 'One sale, recorded twice',
    why: 'The same sale arrived as two entries. It is counted once; both entries are kept.',
  },
  OP_ID_REUSED: {
    name: 'One entry, two contents',
    why: 'An entry arrived again with other content. The first one counts; both are kept.',
  },
  OVER_REFUND: {
    name: 'More given back than sold',
    why: 'Refunds of one sale add up to more than was sold. Money has moved, so the fact stands.',
  },
  EDIT_CONFLICT: {
    name: 'Changed in two places',
    why: 'The same part of an article was changed in two places. One of them has to give way.',
  },
  STREAM_FORK: {
    name: 'Two tills with one past',
    why: 'A copy of this till went on by itself. Both go on as tills of their own; nothing is mixed.',
  },
  STREAM_HOLE: {
    name: 'A piece is missing',
    why: 'Entries arrived whose forerunners their till cannot produce. They are kept aside, whole.',
  },
  PARKED: {
    name: 'Cannot be applied yet',
    why: 'The cloud holds this entry but cannot work it in yet. Everything after it went on.',
  },
  REJECTED: {
    name: 'Refused',
    why: 'The cloud recorded this change and refused to carry it out. No sale is ever refused.',
  },
};

export const reasonWords: Record<string, string> = {
  NEGATIVE_STOCK: 'The stock fell below nought.',
  SALE_ID_REUSED: 'The same sale came under two entries.',
  OP_ID_REUSED: 'The same entry came with another content.',
  OVER_REFUND: 'More was given back than was sold.',
  UNKNOWN_TYPE: 'The cloud is older than this till and does not know this kind of entry yet.',
  BODY_UNREADABLE: 'The cloud could not read the entry.',
  APPLY_ERROR: 'Working it in failed at the cloud.',
  DEPENDS_ON_PARKED: 'It builds on an entry that is parked itself.',
  WRONG_IDENTITY: 'It names another till, branch or business than the one it came from.',
  NOT_ALLOWED: 'The person had no right to this change.',
  EDIT_CONFLICT: 'The same fields had been changed meanwhile.',
  COUNT_RACE: 'Others had moved the stock before the count.',
  ALREADY_RESOLVED: 'Somebody else had settled it first; nothing was changed.',
  CONFLICT_CHANGED: 'It had changed since it was decided on; nothing was changed.',
};

export const kindName = (kind: string) => kindWords[kind]?.name ?? kind;
export const kindWhy = (kind: string) =>
  kindWords[kind]?.why ?? 'The cloud asks for a person. This version of the till knows no more.';
export const reason = (code: string | null) => (code === null ? '' : (reasonWords[code] ?? code));

/** Whose version a column is, in a few words. */
export const sideName = (side: ConflictView['mine'], fallback: string) =>
  side === null ? fallback : side.here ? 'This till' : side.till || fallback;

/** What a choice is called on its button. */
export function decisionLabel(decision: Decision, view: ConflictView): string {
  switch (decision) {
    case 'keep_mine':
      return view.mine?.here === false && view.mine.till !== ''
        ? `Keep ${view.mine.till}’s version`
        : 'Keep this till’s version';
    case 'keep_theirs':
      return 'Keep the cloud’s version';
    case 'field_by_field':
      return 'Choose field by field';
    case 'accept_count':
      return 'The count is right';
    case 'keep_computed':
      return 'The computed figure is right';
    case 'count_again':
      return 'Count again';
    case 'acknowledge':
      return 'Seen, take it off the list';
  }
}

/** What somebody did, after the fact. */
export const decided: Record<Decision, string> = {
  keep_mine: 'kept the version of the till',
  keep_theirs: 'kept the version in the cloud',
  field_by_field: 'chose field by field',
  accept_count: 'took the count as right',
  keep_computed: 'kept the computed figure',
  count_again: 'counted again',
  acknowledge: 'took note of it',
};
