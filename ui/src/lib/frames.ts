/** Frames of the window: what was drawn is on the glass two animation frames after it was made. */

/** Runs once the window has been painted with what is in the document now. */
export function afterPaint(then: () => void): void {
  requestAnimationFrame(() => requestAnimationFrame(then));
}

declare global {
  interface Window {
    /** From the Enter of the last scan to its painted line, in ms. Read by the bench. */
    __holdfast_last_scan_ms?: number;
    /** How many scanned lines have been painted since the window opened. Read by the bench. */
    __holdfast_scans_painted?: number;
  }
}

/** Notes when the line of a scan was painted; `sinceMs` is the time stamp of the scan's Enter. */
export function markLinePainted(lineNo: number, sinceMs: number): void {
  afterPaint(() => {
    performance.mark(`line-painted:${lineNo}`);
    window.__holdfast_last_scan_ms = performance.now() - sinceMs;
    window.__holdfast_scans_painted = (window.__holdfast_scans_painted ?? 0) + 1;
  });
}
