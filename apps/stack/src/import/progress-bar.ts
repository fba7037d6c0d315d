import type { Terminal } from "../terminal.js";

const CELLS = 30;
const REDRAW_MS = 50;

export interface ProgressBar {
  advance(rows: number): void;
  /** Leaves one line in its place. */
  done(summary: string): void;
}

/** A bar that fills as rows are sent; where the output is no terminal only the closing line appears. */
export function progressBar(terminal: Terminal, title: string, total: number): ProgressBar {
  let sent = 0;
  let drawnAtMs = 0;
  return {
    advance(rows) {
      sent += rows;
      const nowMs = performance.now();
      if (!terminal.moving || nowMs - drawnAtMs < REDRAW_MS) return;
      drawnAtMs = nowMs;
      const filled = Math.floor((sent / Math.max(1, total)) * CELLS);
      terminal.progress(
        `${title} [${"█".repeat(filled)}${"░".repeat(CELLS - filled)}] ${sent}/${total} rows`,
      );
    },
    done: (summary) => terminal.line(`${title}: ${summary}`),
  };
}
