// What a page does beyond forms and links: it works without any of this.

const money = document.querySelector("[data-price]");
const variants = JSON.parse(document.getElementById("variants")?.textContent ?? "[]");

for (const button of document.querySelectorAll("[data-without-script]")) button.hidden = true;

const choose = document.querySelector("[data-choose]");
if (choose) {
  const stock = choose.querySelector("[data-stock]");
  const add = choose.querySelector("[data-add]");
  const former = document.querySelector("[data-former]");
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
    former.textContent = variant.former;
    former.hidden = !variant.former;
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

const total = document.querySelector("[data-total-shown]");
for (const radio of document.querySelectorAll("[data-total]")) {
  const show = () => {
    if (radio.checked) total.textContent = radio.dataset.total;
  };
  radio.addEventListener("change", show);
  show();
}

for (const form of document.querySelectorAll("[data-once]")) {
  form.addEventListener("submit", () => {
    for (const button of form.querySelectorAll("button")) button.disabled = true;
  });
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
