import { styleText } from "node:util";

const ENTER = "\x1b[?1049h\x1b[?25l";
const LEAVE = "\x1b[?25h\x1b[?1049l";
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_REST = "\x1b[J";
const CTRL_C = "\u0003";

/** A terminal for output, as node:tty has it. */
export type OutputTerminal = Pick<NodeJS.WriteStream, "write" | "isTTY" | "columns" | "rows">;
/** A terminal for keys, as node:tty has it. */
export type InputTerminal = Pick<
  NodeJS.ReadStream,
  "isTTY" | "setRawMode" | "on" | "off" | "resume" | "pause"
>;

/** The whole terminal, drawn anew again and again. */
export interface LiveScreen {
  /** Shows these lines and nothing else; cuts off what does not fit. */
  draw(lines: readonly string[]): void;
  /** Gives the terminal back as it was. */
  close(): void;
}

/** Takes the terminal over. `onQuit` is called when q or Ctrl-C is pressed. */
export function openLiveScreen(output: OutputTerminal, input: InputTerminal, onQuit: () => void): LiveScreen {
  const onKeys = (keys: Buffer) => {
    if (/[qQ]/.test(keys.toString()) || keys.toString().includes(CTRL_C)) onQuit();
  };
  output.write(ENTER);
  if (input.isTTY) input.setRawMode(true);
  input.on("data", onKeys);
  input.resume();
  return {
    draw(lines) {
      const fitting = lines
        .slice(0, Math.max(1, output.rows - 1))
        .map((line) => line.slice(0, output.columns));
      output.write(HOME + fitting.map((line) => `${highlighted(line)}${CLEAR_LINE}\n`).join("") + CLEAR_REST);
    },
    close() {
      input.off("data", onKeys);
      if (input.isTTY) input.setRawMode(false);
      input.pause();
      output.write(LEAVE);
    },
  };
}

/** Headlines are in capitals. */
function highlighted(line: string): string {
  return /^[A-Z][A-Z0-9 /]+$/.test(line) ? styleText("bold", line, { validateStream: false }) : line;
}
