// A text that was typed survives a closed tab: it is kept in the browser until the form is sent.
const LIFETIME = 14 * 24 * 3600 * 1000;

function restore(field, key) {
  let kept;
  try { kept = JSON.parse(localStorage.getItem(key)); } catch { kept = null; }
  if (!kept || Date.now() - kept.at > LIFETIME || kept.text === field.value || kept.base !== field.defaultValue) {
    if (kept && kept.base !== field.defaultValue) return;
    localStorage.removeItem(key);
    return;
  }
  const offer = document.createElement("p");
  offer.className = "message notice";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn small";
  button.textContent = field.dataset.draft;
  button.addEventListener("click", () => { field.value = kept.text; offer.remove(); field.focus(); });
  offer.append(button);
  field.before(offer);
}

export function keepDrafts() {
  for (const field of document.querySelectorAll("textarea[data-draft]")) {
    const key = `draft:${location.pathname}:${field.name}`;
    restore(field, key);
    field.addEventListener("input", () => {
      try {
        localStorage.setItem(key, JSON.stringify({ text: field.value, base: field.defaultValue, at: Date.now() }));
      } catch { /* no room, or not allowed: the page still works */ }
    });
    field.form?.addEventListener("submit", () => {
      if (!document.activeElement?.matches("[name=preview], [name=diff]")) localStorage.removeItem(key);
    });
  }
}
