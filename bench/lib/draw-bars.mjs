const WIDTH = 760;
const LABEL_WIDTH = 230;
const TEXT_WIDTH = 150;
const ROW_HEIGHT = 26;
const BAR_HEIGHT = 16;
const TOP = 40;
const OURS = "#2563a8";
const THEIRS = "#9aa5b1";

/** Horizontal bars as SVG, of {label, value, text, ours}; readable on light and dark. */
export function drawBars(title, bars) {
  const largest = Math.max(...bars.map((it) => it.value));
  const height = TOP + bars.length * ROW_HEIGHT + 8;
  const rows = bars.map((bar, index) => drawBar(bar, TOP + index * ROW_HEIGHT, largest));
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="13">
<title>${escaped(title)}</title>
<rect width="100%" height="100%" fill="#ffffff"/>
<text x="8" y="22" font-size="15" font-weight="600" fill="#1f2933">${escaped(title)}</text>
${rows.join("\n")}
</svg>
`;
}

function drawBar({ label, value, text, ours }, y, largest) {
  const width = Math.max(1, ((WIDTH - LABEL_WIDTH - TEXT_WIDTH) * value) / largest);
  const baseline = y + BAR_HEIGHT - 3;
  return [
    `<text x="${LABEL_WIDTH - 8}" y="${baseline}" text-anchor="end" fill="#1f2933">${escaped(label)}</text>`,
    `<rect x="${LABEL_WIDTH}" y="${y}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" fill="${ours ? OURS : THEIRS}"/>`,
    `<text x="${(LABEL_WIDTH + width + 6).toFixed(1)}" y="${baseline}" fill="#52606d">${escaped(text)}</text>`,
  ].join("");
}

const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
