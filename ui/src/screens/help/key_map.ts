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
      ['F9', 'Menu'],
      ['F10', 'Lock the till'],
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
];
