/** Every key and what it does, by where it does it. What a button shows is said here again. */

export interface KeyGroup {
  where: string;
  keys: [key: string, does: string][];
}

export const keyMap: KeyGroup[] = [
  {
    where: 'Anywhere',
    keys: [
      ['Scanner', 'Needs no focus: just scan'],
      ['F1', 'This page'],
      ['F7', 'Sales and refunds'],
      ['F9', 'Menu; F9 3 is Products, F9 4 is Stock'],
      ['F10', 'Lock the till'],
      ['F11', 'Sync: what is safe where, and what needs you'],
      ['Esc', 'One step back; the cart is never lost'],
    ],
  },
  {
    where: 'Sell',
    keys: [
      ['Letters, digits', 'Search; Enter rings the marked article or the code'],
      ['F3  F4', 'Category before, after'],
      ['↑  ↓', 'Choose a line of the cart, or a hit'],
      ['Digits on a chosen line', 'Its quantity'],
      ['F5 or *', 'Quantity'],
      ['F6', 'Price'],
      ['Del', 'Void the line, or restore it'],
      ['F8', 'Void the whole cart'],
      ['F12 or +', 'Pay'],
    ],
  },
  {
    where: 'Pay',
    keys: [
      ['Enter', 'Exact cash, or complete; with an amount typed: cash'],
      ['F2 … F6', 'Quick cash'],
      ['F8', 'Card'],
      ['Del', 'Remove the last tender'],
      ['Esc', 'Back to the cart'],
    ],
  },
  {
    where: 'Done',
    keys: [
      ['Enter or scan', 'Next sale'],
      ['F5', 'Print again, marked COPY'],
      ['F6', 'Open the drawer'],
      ['F8', 'Refund this'],
    ],
  },
  {
    where: 'Lists: sales, products, stock, sync',
    keys: [
      ['F2, letters, digits', 'Search'],
      ['↑  ↓', 'Choose a line'],
    ],
  },
  {
    where: 'Products',
    keys: [
      ['Scanner', 'Opens the article'],
      ['F5', 'New article'],
      ['F6', 'The next scan is one more barcode'],
      ['F8', 'Undo what was typed, or bring it back'],
      ['F12', 'Save'],
    ],
  },
  {
    where: 'Stock',
    keys: [
      ['Scanner', 'Opens the card; when counting or receiving: one more'],
      ['F5  F6  F8', 'Receive, count, correct'],
      ['F12', 'Compare, then record'],
    ],
  },
  {
    where: 'Sync',
    keys: [
      ['F3  F4', 'Part before, after'],
      ['F5', 'Sync now'],
      ['1 … 4, F12', 'Take a choice, then settle'],
      ['F6', 'Check now, retry, copy: what the part is for'],
    ],
  },
];
