// What every page has: the search key, the help on keys, menus, messages that close, times that stay true.
const KEYS = "trackside-keys";
const kept = { read(name) { try { return localStorage.getItem(name); } catch { return null; } }, write(name, value) { try { localStorage.setItem(name, value); } catch { /* not allowed: nothing is kept */ } } };

const listens = () => kept.read(KEYS) !== "off";
const isTyping = (event) => event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.target.closest?.("input, textarea, select, dialog, [contenteditable]");

function help() {
  const dialog = document.getElementById("keys");
  if (!dialog?.showModal) return;
  const box = dialog.querySelector("[data-keys-on]");
  box.checked = listens();
  box.addEventListener("change", () => kept.write(KEYS, box.checked ? "on" : "off"));
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  for (const opener of document.querySelectorAll("[data-opens=keys]")) {
    opener.hidden = false;
    opener.addEventListener("click", () => { opener.closest("details").open = false; dialog.showModal(); });
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.id === "proj-search") event.target.blur();
  if (isTyping(event) || !listens()) return;
  const box = document.getElementById("proj-search");
  if (event.key === "/" && box) {
    event.preventDefault();
    if (box.checkVisibility?.() ?? true) { box.focus(); box.select(); } else { document.querySelector(".find-link").focus(); }
  } else if (event.key === "?") { document.getElementById("keys")?.showModal(); }
});

for (const menu of document.querySelectorAll("details.menu")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("focusout", (event) => { if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && menu.open) { menu.open = false; menu.querySelector("summary").focus(); }
  });
}

for (const message of document.querySelectorAll(".message[data-close]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "icon-btn";
  button.textContent = "×";
  button.setAttribute("aria-label", message.dataset.close);
  button.addEventListener("click", () => { message.remove(); document.getElementById("content").focus(); });
  message.append(button);
}

// "5 minutes ago" goes on counting while the page is open; only what is younger than a day changes that fast.
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
function retell(words) {
  for (const tag of document.querySelectorAll("time[datetime][data-relative]")) {
    const seconds = Math.round((Date.parse(tag.dateTime) - Date.now()) / 1000);
    if (Math.abs(seconds) > 86400) continue;
    const [unit, size] = UNITS.find(([, each]) => Math.abs(seconds) >= 2 * each) ?? UNITS[3];
    tag.textContent = words.format(Math.trunc(seconds / size), unit);
  }
}
if ("RelativeTimeFormat" in Intl) {
  const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "always" });
  window.setInterval(() => { if (!document.hidden) retell(words); }, 60000);
}

// A link to something folded unfolds it.
function unfold() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const fold = target?.closest("details");
  if (fold && !fold.open) { fold.open = true; target.scrollIntoView(); }
}
window.addEventListener("hashchange", unfold);
document.addEventListener("click", (event) => { if (event.target.closest?.("a[href^='#']")) window.setTimeout(unfold); });
unfold();

// What scrolls inside itself must be reachable by keyboard.
for (const box of document.querySelectorAll("pre, .scroll, .code, .wiki-code, table.wiki, .table-box, .preview")) {
  if (box.scrollWidth > box.clientWidth + 1) box.tabIndex = 0;
}
help();
