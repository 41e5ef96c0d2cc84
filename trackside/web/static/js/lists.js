// Lists by keyboard: j and k move from line to line, o opens one, x selects it.
const LINES = "table.list tbody tr:not(.group, .fullrow), ol.lines > li, .results > li, .timeline-day li";
const link = (line) => line.querySelector(".summary a[href], h2 a[href]") ?? line.querySelector("td:not(.id) a[href]") ?? line.querySelector("a[href]");
const lines = () => [...document.querySelectorAll(LINES)].filter(link);

function isOff(event) {
  let off = false;
  try { off = localStorage.getItem("trackside-keys") === "off"; } catch { /* nothing kept */ }
  return off || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest?.("input:not([type=checkbox]), textarea, select, dialog, [contenteditable]");
}

function move(step) {
  const all = lines();
  if (!all.length) return;
  const now = all.findIndex((line) => line.contains(document.activeElement));
  const first = all.findIndex((line) => line.getBoundingClientRect().top > 60);
  const next = now < 0 ? Math.max(first, 0) : Math.min(all.length - 1, Math.max(0, now + step));
  link(all[next]).focus();
  all[next].scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (isOff(event)) return;
  const here = document.activeElement?.closest?.(LINES);
  if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "o" && here) link(here).click();
  else if (event.key === "x" && here) here.querySelector("input[type=checkbox]")?.click();
});
