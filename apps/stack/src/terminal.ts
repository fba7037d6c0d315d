import { styleText } from "node:util";

const CLEAR_LINE = "\r\x1b[2K";

/** Where the stack tells people what it does. Colours and moving lines appear only on a terminal. */
export interface Terminal {
  /** Whether lines can be replaced; false where the output goes to a file or a pipe. */
  readonly moving: boolean;
  /** A line that stays. */
  line(text?: string): void;
  /** What is being done now; on a terminal the next output takes its place, elsewhere it is left out. */
  progress(text: string): void;
}

/** A terminal on the given stream. */
export function openTerminal(stream: NodeJS.WriteStream): Terminal {
  let pending = false;
  const clear = () => {
    if (pending) stream.write(CLEAR_LINE);
    pending = false;
  };
  return {
    moving: stream.isTTY === true,
    line(text = "") {
      clear();
      stream.write(`${text}\n`);
    },
    progress(text) {
      if (!stream.isTTY) return;
      clear();
      stream.write(text.slice(0, stream.columns - 1));
      pending = true;
    },
  };
}

export const bold = (text: string) => styleText("bold", text);
export const dim = (text: string) => styleText("dim", text);
export const green = (text: string) => styleText("green", text);
export const red = (text: string) => styleText("red", text);

/** Pads to a width; what is longer stays as it is. */
export const pad = (text: string, width: number) => text.padEnd(width);
