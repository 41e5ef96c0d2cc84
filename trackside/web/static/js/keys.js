// Keys: / for the search box; j, k, o, x in lists.
const rows = () => [...document.querySelectorAll("table.list tbody tr:not(.group)")].filter((row) => row.querySelector("a[href]"));

function isTyping(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select, [contenteditable]");
}

function move(step) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.contains(document.activeElement));
  const next = all[Math.min(all.length - 1, Math.max(0, now + step))];
  next.querySelector("td:not(.id) a[href], a[href]").focus();
}

export function listenToKeys() {
  document.addEventListener("keydown", (event) => {
    if (isTyping(event)) return;
    const here = document.activeElement.closest?.("table.list tbody tr");
    if (event.key === "/") {
      const box = document.getElementById("proj-search");
      if (box) { box.focus(); event.preventDefault(); }
    } else if (event.key === "j") { move(1); } else if (event.key === "k") { move(-1); }
    else if (event.key === "o" && here) { here.querySelector("td:not(.id) a[href], a[href]").click(); }
    else if (event.key === "x" && here) { here.querySelector("input[type=checkbox]")?.click(); }
  });
}
