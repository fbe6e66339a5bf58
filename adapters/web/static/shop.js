// What a page does beyond forms and links: it works without any of this.

const money = document.querySelector("[data-price]");
const variants = JSON.parse(document.getElementById("variants")?.textContent ?? "[]");

for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;

const choose = document.querySelector("[data-choose]");
if (choose) {
  const stock = choose.querySelector("[data-stock]");
  const add = choose.querySelector("[data-add]");
  const show = (name, text) => {
    document.querySelector(`[data-${name}]`).textContent = text;
  };
  const offer = document.querySelector("[data-offer]");
  const picture = document.getElementById("picture");
  choose.addEventListener("change", () => {
    const chosen = new Map();
    for (const radio of choose.querySelectorAll("input[type=radio]:checked")) {
      chosen.set(radio.name.replace("option-", ""), radio.value);
    }
    const variant = variants.find((each) =>
      Object.entries(each.options).every(([code, value]) => chosen.get(code) === value),
    );
    add.disabled = !variant || variant.available < 1;
    if (!variant) {
      stock.textContent = stock.dataset.never;
      return;
    }
    money.textContent = variant.price;
    show("prior-name", variant.priorName);
    show("prior-price", variant.prior);
    show("prior-percent", variant.percent);
    show("suggested-price", variant.suggested);
    document.querySelector("[data-prior]").hidden = !variant.prior;
    document.querySelector("[data-suggested]").hidden = !variant.suggested;
    offer.textContent = variant.offer;
    offer.hidden = !variant.offer;
    if (variant.picture && picture) picture.src = variant.picture;
    if (variant.available < 1) stock.textContent = stock.dataset.none;
    else if (variant.available < 10)
      stock.textContent = stock.dataset.few.replace("{count}", variant.available);
    else stock.textContent = stock.dataset.many;
  });
}

for (const link of document.querySelectorAll("[data-picture]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("picture").src = link.href;
  });
}

for (const radio of document.querySelectorAll("[data-rate]")) {
  const show = () => {
    if (!radio.checked) return;
    for (const sums of document.querySelectorAll("[data-sums]")) {
      sums.hidden = sums.dataset.sums !== radio.dataset.rate;
    }
    document.querySelector("[data-shown-rate]").value = radio.dataset.rate;
  };
  radio.addEventListener("change", show);
  // The browser restores the choice after the page was left.
  window.addEventListener("pageshow", show);
  show();
}

// A courtesy: the key of the form makes a second submission harmless.
const once = [
  ...document.querySelectorAll("[data-once]"),
  ...Array.from(document.querySelectorAll("input[name=once]"), (key) => key.form),
];
const disable = (form, disabled) => {
  for (const button of form.querySelectorAll("button")) button.disabled = disabled;
};
for (const form of once) {
  form.addEventListener("submit", () => setTimeout(() => disable(form, true)));
}
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of once) disable(form, false);
});

// “/” leads to the search of a list.
const search = document.querySelector("[data-search]");
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, textarea, [contenteditable]");
  if (!search || isTyping || event.key !== "/" || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  search.focus();
});

// Ask before a page with unsaved changes is left.
for (const form of document.querySelectorAll("[data-unsaved]")) {
  let changed = form.querySelector(".wrong, .meanwhile") !== null;
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// Suggestions for a field that names a product, SKU or category.
for (const input of document.querySelectorAll("[data-lookup]")) {
  const list = Object.assign(document.createElement("datalist"), { id: `${input.id}-list` });
  input.after(list);
  input.setAttribute("list", list.id);
  input.autocomplete = "off";
  let latest = "";
  input.addEventListener("input", async () => {
    const words = (latest = input.value);
    const found = await fetch(`${input.dataset.lookup}?${new URLSearchParams({ q: words })}`);
    if (!found.ok || words !== latest) return;
    list.replaceChildren(
      ...(await found.json()).map((each) =>
        Object.assign(document.createElement("option"), { value: each.value, label: each.label }),
      ),
    );
  });
}

document.querySelector("[data-choose-other]")?.addEventListener("input", () => {
  document.querySelector("[data-other]").checked = true;
});

const waiting = document.querySelector("[data-waiting]");
if (waiting) {
  const look = async () => {
    const page = await (await fetch(location.href)).text().catch(() => "");
    const order = new DOMParser().parseFromString(page, "text/html").querySelector("[data-state]");
    if (order && order.dataset.state !== waiting.dataset.state) location.reload();
  };
  setInterval(look, Number(waiting.dataset.waiting) * 1000);
}

document.querySelector("[data-submit]")?.submit();

for (const form of document.querySelectorAll("[data-quantity]")) {
  form.querySelector("input[name=quantity]").addEventListener("change", () => form.requestSubmit());
}

const divisions = document.querySelector("[data-divisions]");
if (divisions) {
  const [region, city, district] = ["region", "city", "district"].map((name) =>
    document.getElementById(name),
  );
  const country = document.querySelector("[data-country]");
  const suggest = (input, names) => {
    const list = document.getElementById(`${input.id}-list`) ?? document.createElement("datalist");
    list.id = `${input.id}-list`;
    list.replaceChildren(
      ...names.map((name) => Object.assign(document.createElement("option"), { value: name })),
    );
    divisions.append(list);
    input.setAttribute("list", list.id);
  };
  const divisionTree = await (await fetch(divisions.dataset.divisions)).json();
  const update = () => {
    const cities = country.value === "CN" ? (divisionTree[region.value] ?? {}) : {};
    suggest(city, Object.keys(cities));
    if (Object.keys(cities).length === 1 && !city.value) [city.value] = Object.keys(cities);
    suggest(district, cities[city.value] ?? []);
  };
  for (const input of [region, city, country]) input.addEventListener("change", update);
  update();
}
