/**
 * The open cart as the till last told it, and which of its lines is selected. The cart itself is on
 * the till's disk: every change is asked of the till and the answer replaces what is here.
 */
import * as commands from '../backend/commands';
import type { AppError, Approval, CartLineView, CartView } from '../bindings';
import { asAppError } from '$lib/refusal';
import { preferences } from './preferences.svelte';

const EMPTY: CartView = {
  sale_id: null,
  lines: [],
  live_lines: 0,
  pieces_milli: 0,
  totals: { net_minor: 0, tax_minor: 0, gross_minor: 0, taxes: [] },
  newest_line: null,
  tendered: false,
};

class Cart {
  view = $state.raw<CartView>(EMPTY);
  /** The line chosen by hand; while none is, the newest one is meant. */
  chosen = $state<number | null>(null);
  failed = $state.raw<AppError | null>(null);

  selected = $derived<CartLineView | null>(
    this.#line(this.chosen) ?? this.#line(this.view.newest_line),
  );

  #line(lineNo: number | null): CartLineView | null {
    if (lineNo === null) return null;
    return this.view.lines.find((line) => line.line_no === lineNo) ?? null;
  }

  take(view: CartView): void {
    this.view = view;
    this.failed = null;
  }

  /** A line came in: the hand's choice gives way to what was just scanned. */
  takeNew(view: CartView): void {
    this.take(view);
    this.chosen = null;
  }

  clear(): void {
    this.take(EMPTY);
    this.chosen = null;
  }

  choose(lineNo: number | null): void {
    this.chosen = lineNo;
  }

  /** Moves the choice by whole lines, staying inside the cart. */
  step(by: number): void {
    const at = this.view.lines.findIndex((line) => line.line_no === this.selected?.line_no);
    const next = Math.min(this.view.lines.length - 1, Math.max(0, at + by));
    this.chosen = this.view.lines[next]?.line_no ?? null;
  }

  read = () => this.#ask(commands.cart());
  setQuantity = (lineNo: number, milli: number) => this.#ask(commands.setQuantity(lineNo, milli));
  setPrice = (lineNo: number, minor: number, approval: Approval | null) =>
    this.#ask(commands.setPrice(lineNo, minor, approval));
  voidLine = (lineNo: number) => this.#ask(commands.voidLine(lineNo));
  restoreLine = (lineNo: number) => this.#ask(commands.restoreLine(lineNo));
  voidCart = () => this.#ask(commands.voidCart());

  /** Answers what was refused, or null when it was done. */
  async #ask(answer: Promise<CartView>): Promise<AppError | null> {
    try {
      this.take(await answer);
      return null;
    } catch (thrown) {
      this.failed = asAppError(thrown);
      preferences.sound('attention');
      return this.failed;
    }
  }
}

export const cart = new Cart();
