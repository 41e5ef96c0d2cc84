// Shows what a text will look like while it is typed, in the element that the field names.
export function previewLive() {
  for (const field of document.querySelectorAll("textarea[data-preview]")) {
    const target = document.getElementById(field.dataset.preview);
    if (!target) continue;
    let timer = 0;
    let last = field.value;
    const show = async () => {
      if (field.value === last) return;
      last = field.value;
      const body = new FormData();
      body.set("__FORM_TOKEN", field.form.elements.__FORM_TOKEN.value);
      body.set("text", last);
      body.set("realm", field.dataset.realm);
      body.set("id", field.dataset.id);
      const answer = await fetch(field.dataset.render, { method: "POST", body, headers: { "X-Requested-With": "XMLHttpRequest" } });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      target.replaceChildren(...page.body.childNodes);
      target.hidden = false;
    };
    field.addEventListener("input", () => { window.clearTimeout(timer); timer = window.setTimeout(show, 600); });
  }
}
