/** Rows under a headline, every column but the last as wide as its widest cell. Ends with a line break. */
export function formatTable(headline: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [headline, ...rows];
  const widths = headline.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return `${all.map(line).join("\n")}\n`;
}
