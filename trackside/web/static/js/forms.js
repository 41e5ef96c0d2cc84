// Forms: sent once, drafts that survive a closed tab, previews while one types, fields that grow with their text.
const LIFETIME = 14 * 24 * 3600 * 1000;
const store = (work) => { try { return work(localStorage); } catch { return null; /* no room, or not allowed: the page still works */ } };

function sendOnce(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    event.submitter?.setAttribute("aria-busy", "true");
    window.setTimeout(() => again(form), 8000);
  });
}

function again(form) {
  delete form.dataset.sent;
  for (const button of form.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
}

function offer(field, key) {
  const draft = store((kept) => JSON.parse(kept.getItem(key)));
  if (!draft) return;
  if (Date.now() - draft.at > LIFETIME || draft.text === field.value) { store((kept) => kept.removeItem(key)); return; }
  if (draft.base !== field.defaultValue) return;
  const line = document.createElement("p");
  line.className = "message notice";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn small";
  button.textContent = field.dataset.draft;
  button.addEventListener("click", () => { field.value = draft.text; line.remove(); field.focus(); field.dispatchEvent(new Event("input", { bubbles: true })); });
  line.append(button);
  field.before(line);
}

function keepDraft(field) {
  const key = `draft:${location.pathname}:${field.name}`;
  offer(field, key);
  let isSending = false;
  field.addEventListener("input", () => store((kept) => kept.setItem(key, JSON.stringify({ text: field.value, base: field.defaultValue, at: Date.now() }))));
  field.form?.addEventListener("submit", (event) => {
    isSending = true;
    if (!event.submitter?.matches("[name=preview], [name=diff], [name=merge]")) store((kept) => kept.removeItem(key));
  });
  window.addEventListener("beforeunload", (event) => {
    const isKept = store((kept) => kept.getItem(key)) !== null;
    if (!isSending && !isKept && field.value !== field.defaultValue) event.preventDefault();
  });
}

function previewLive(field) {
  const target = document.getElementById(field.dataset.preview);
  if (!target) return;
  let timer = 0;
  let last = field.value;
  const show = async () => {
    if (field.value === last) return;
    const asked = field.value;
    last = asked;
    const body = new FormData();
    body.set("__FORM_TOKEN", field.form.elements.__FORM_TOKEN.value);
    for (const [name, value] of [["text", asked], ["realm", field.dataset.realm], ["id", field.dataset.id]]) body.set(name, value ?? "");
    const answer = await fetch(field.dataset.render, { method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => null);
    if (!answer?.ok || asked !== last) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    target.replaceChildren(...page.body.childNodes);
    target.hidden = false;
  };
  field.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(show, 600); });
}

function grow(field) {
  const most = Math.max(field.offsetHeight, Math.round(window.innerHeight * .7));
  const fit = () => { if (field.scrollHeight > field.clientHeight && field.offsetHeight < most) field.style.height = `${Math.min(most, field.scrollHeight + 24)}px`; };
  field.addEventListener("input", fit);
  if (field.offsetParent) fit();
}

for (const form of document.querySelectorAll("form[method=post]")) sendOnce(form);
for (const field of document.querySelectorAll("textarea:not([readonly])")) grow(field);
for (const field of document.querySelectorAll("textarea[data-draft]")) keepDraft(field);
for (const field of document.querySelectorAll("textarea[data-preview]")) previewLive(field);
window.addEventListener("pageshow", (event) => { if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(again); });
