const tty = process.stderr.isTTY;
const width = () => (process.stderr.columns ?? 80) - 1;

/**
 * Runs `work` and shows on the error stream that it runs, what it reports, and how it ended. Silent when it took no time. With
 * `quietEnd` the caller says itself how it ended.
 */
export async function step(title, work, { quietEnd = false } = {}) {
  const startedMs = Date.now();
  let latest = "";
  const show = () => {
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    if (tty) process.stderr.write(`\r\x1b[2K${`· ${title} … ${seconds} s  ${latest}`.slice(0, width())}`);
  };
  const ticker = tty ? setInterval(show, 200) : undefined;
  const announce = tty ? undefined : setTimeout(() => process.stderr.write(`· ${title} …\n`), 500);
  try {
    const result = await work((line) => {
      latest = line.trim();
    });
    const ms = Date.now() - startedMs;
    if (tty) process.stderr.write("\r\x1b[2K");
    if (ms > 500 && !quietEnd) process.stderr.write(`✓ ${title} (${(ms / 1000).toFixed(1)} s)\n`);
    return result;
  } catch (error) {
    if (tty) process.stderr.write("\r\x1b[2K");
    if (!quietEnd) process.stderr.write(`✗ ${title}\n`);
    throw error;
  } finally {
    clearInterval(ticker);
    clearTimeout(announce);
  }
}
