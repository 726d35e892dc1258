// A bad connection loses nothing: a page that could not be sent stays as it was typed and is tried again by itself. The service
// knows what it has: sending the same page twice is sending it once. Without this file the pages work as ever.

const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 30_000;
const GIVE_UP_MS = 20_000;

/** The device's own memory; a browser that lends none keeps nothing, and the page works all the same. */
const memory = {
  get: (key) => lent((store) => store.getItem(key)) ?? null,
  set: (key, value) => lent((store) => store.setItem(key, value)),
  remove: (key) => lent((store) => store.removeItem(key)),
};

function lent(use) {
  try {
    return use(localStorage);
  } catch {
    return undefined;
  }
}

const words = document.getElementById("steady")?.dataset;
const form = document.querySelector("form#page, form[action$='/send'], form[action*='/send?']");
if (words && form instanceof HTMLFormElement) {
  const kept = `typed ${location.pathname}`;
  /** What has to arrive yet, and whether it is on its way at this moment. */
  let pending = null;
  let busy = false;
  let wait = FIRST_WAIT_MS;
  let timer;
  let box = null;
  let own = null;

  bringBack();

  form.addEventListener("submit", (event) => {
    const data = new FormData(form);
    const by = event.submitter;
    if (by?.name) data.append(by.name, by.value);
    event.preventDefault();
    if (busy) return;
    wait = FIRST_WAIT_MS;
    pending = { body: encoded(data), address: by?.getAttribute("formaction") ? by.formAction : form.action };
    void send();
  });
  addEventListener("online", () => box && retry());
  // Back on a page that the browser had put away whole: it may be sent again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) busy = false;
  });

  function encoded(data) {
    return new URLSearchParams([...data].map(([name, value]) => [name, String(value)]));
  }

  async function send() {
    const { body, address } = pending;
    clearTimeout(timer);
    busy = true;
    try {
      const answer = await fetch(address, { method: "POST", body, signal: AbortSignal.timeout(GIVE_UP_MS), headers: { accept: "text/html" } });
      if (answer.status >= 500) throw new Error(String(answer.status));
      arrived(answer);
    } catch {
      busy = false;
      failed();
    }
  }

  /** It is with the service: on to where it leads, or, where something is wrong with the page, show it in the usual way. */
  function arrived(answer) {
    memory.remove(kept);
    if (answer.redirected) {
      location.assign(answer.url);
    } else {
      form.submit();
    }
  }

  function failed() {
    show();
    timer = setTimeout(retry, wait * (0.5 + Math.random() / 2));
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  }

  function retry() {
    if (pending && !busy) void send();
  }

  function keep() {
    memory.set(kept, String(encoded(new FormData(form))));
  }

  /** Says what happened, and asks whether what was typed may be kept on this device. */
  function show() {
    if (box) return;
    box = document.createElement("section");
    box.className = "nhsuk-warning-callout app-unsent";
    box.setAttribute("role", "alert");
    const title = document.createElement("h2");
    title.className = "nhsuk-warning-callout__label";
    title.textContent = words.title;
    const lead = document.createElement("p");
    lead.textContent = words.lead;
    const now = document.createElement("button");
    now.type = "button";
    now.className = "nhsuk-button nhsuk-button--secondary";
    now.textContent = words.again;
    now.addEventListener("click", retry);
    box.append(title, lead, now, choice());
    form.before(box);
    // Whoever goes on typing sends what stands there then.
    form.addEventListener("input", () => {
      if (!busy) pending = null;
      clearTimeout(timer);
      if (own?.checked) keep();
    });
  }

  /** Nothing is kept on a device that others use: only whoever says that it is their own has it kept. */
  function choice() {
    const around = document.createElement("div");
    around.className = "nhsuk-checkboxes nhsuk-checkboxes--small";
    const item = document.createElement("div");
    item.className = "nhsuk-checkboxes__item";
    own = document.createElement("input");
    own.type = "checkbox";
    own.id = "own-device";
    own.className = "nhsuk-checkboxes__input";
    const label = document.createElement("label");
    label.htmlFor = own.id;
    label.className = "nhsuk-label nhsuk-checkboxes__label";
    label.textContent = words.own;
    own.addEventListener("change", () => (own.checked ? keep() : memory.remove(kept)));
    item.append(own, label);
    around.append(item);
    return around;
  }

  /** What was kept here and never arrived stands on the page again. */
  function bringBack() {
    const typed = memory.get(kept);
    if (typed === null) return;
    for (const [name, value] of new URLSearchParams(typed)) {
      for (const field of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
        if (field.type === "radio" || field.type === "checkbox") field.checked ||= field.value === value;
        else if (field.matches("input, textarea")) field.value = value;
      }
    }
    const said = document.createElement("div");
    said.className = "nhsuk-inset-text";
    const text = document.createElement("p");
    text.textContent = words.back;
    said.append(text);
    form.before(said);
  }
}
