(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("certificate").textContent);
  const order = data.readings.map((r) => r.name);
  const byName = Object.fromEntries(data.readings.map((r) => [r.name, r]));
  const chosen = Object.fromEntries(order.map((name) => [name, 0]));
  const $ = (id) => document.getElementById(id);

  function row(part, column, number, size) {
    const told = part.rows[column];
    if (!told) return new Array(size).fill(0);
    const values = told[0].slice();
    if (number > 0) {
      const changes = told[1][number - 1];
      for (let i = 0; i < changes.length; i += 2) values[changes[i]] = changes[i + 1];
    }
    return values;
  }

  // Half up, in whole numbers: base × whole ÷ (whole − part).
  function rescaled(base, whole, part) {
    const top = 2n * BigInt(base) * BigInt(whole), bottom = BigInt(whole - part);
    return Number((top + bottom) / (2n * bottom));
  }

  function computed(section, state) {
    const size = section.ids.length;
    const zeros = () => new Array(size).fill(0);
    const sum = { awarded: zeros(), deducted: zeros(), bonus: zeros(), vetoed: zeros(), void: zeros() };
    Object.keys(section.wholes).forEach((clause) => { sum[clause] = zeros(); });
    section.parts.forEach((part) => {
      let place = 0;
      part.readings.forEach((name) => {
        place = place * byName[name].options.length + state[name];
      });
      const number = part.code[place];
      Object.keys(part.rows).forEach((column) => {
        row(part, column, number, size).forEach((value, i) => { sum[column][i] += value; });
      });
    });
    const totals = section.ids.map((_, i) => {
      const decided = section.decided[i], most = section.root.max;
      let awarded = sum.awarded[i] + Math.max(decided, 0);
      const deducted = sum.deducted[i] + Math.min(decided, 0);
      if (section.root.settle === "cap_first") awarded = Math.min(awarded, most);
      let base = Math.max(0, Math.min(most, awarded + deducted));
      if (sum.void[i]) base = 0;
      Object.entries(section.wholes).forEach(([clause, [whole, part]]) => {
        if (sum[clause][i]) base = rescaled(base, whole, part);
      });
      return base + sum.bonus[i];
    });
    const standing = totals.filter((_, i) => !sum.vetoed[i]).sort((a, b) => b - a);
    const first = new Map();
    standing.forEach((total, i) => { if (!first.has(total)) first.set(total, i + 1); });
    const ranks = totals.map((total, i) => (sum.vetoed[i] ? 0 : first.get(total)));
    return { totals, ranks };
  }

  const own = data.sections.map((section) => computed(section, chosen));

  function points(value) {
    const sign = value < 0 ? "−" : "", all = String(Math.abs(value)).padStart(5, "0");
    return sign + all.slice(0, -4) + "." + all.slice(-4);
  }

  function cell(line, text, name) {
    const made = document.createElement("td");
    made.textContent = text;
    if (name) made.className = name;
    line.appendChild(made);
  }

  function ranking(section, number) {
    const now = computed(section, chosen), was = own[number];
    const body = $("now-" + section.kind);
    const places = section.ids.map((_, i) => i).sort((a, b) =>
      (now.ranks[a] || Infinity) - (now.ranks[b] || Infinity) || now.totals[b] - now.totals[a] || a - b);
    body.replaceChildren(...places.map((i) => {
      const line = document.createElement("tr");
      const moved = now.totals[i] - was.totals[i];
      let change = "";
      if (now.ranks[i] !== was.ranks[i]) {
        if (!now.ranks[i]) change = "否决";
        else if (!was.ranks[i]) change = "不再否决";
        else change = now.ranks[i] < was.ranks[i] ? "↑" + (was.ranks[i] - now.ranks[i]) : "↓" + (now.ranks[i] - was.ranks[i]);
      }
      cell(line, now.ranks[i] ? String(now.ranks[i]) : "否决", "number");
      cell(line, section.names[i], "who");
      const code = document.createElement("small");
      code.textContent = section.ids[i];
      line.lastChild.appendChild(code);
      cell(line, points(now.totals[i]), "number");
      cell(line, change);
      cell(line, moved ? (moved > 0 ? "+" : "") + points(moved) : "", "number");
      line.dataset.candidate = section.ids[i];
      if (change || moved) line.className = "moved";
      return line;
    }));
  }

  const option = (name, i) => "「" + byName[name].title + "：" + byName[name].options[i][1] + "」";

  function pinned() {
    const [a, b] = [$("pin-a").value, $("pin-b").value];
    const told = $("pinned");
    const [ka, ia] = a.split("/"), [kb, ib] = b.split("/");
    if (!a || !b || a === b || ka !== kb) {
      told.textContent = a && b && a !== b ? "集体与个人不能相比，请选两个同类的候选对象。" : "";
      return;
    }
    const section = data.sections.find((s) => s.kind === ka);
    const x = section.ids.indexOf(ia), y = section.ids.indexOf(ib);
    const margin = (state) => { const t = computed(section, state).totals; return t[x] - t[y]; };
    const now = margin(chosen), turning = [];
    section.readings.forEach((name) => byName[name].options.forEach((_, i) => {
      if (i === chosen[name]) return;
      if (Math.sign(margin({ ...chosen, [name]: i })) !== Math.sign(now)) turning.push(option(name, i));
    }));
    const [first, second] = now >= 0 ? [x, y] : [y, x];
    const out = [x, y].filter((i) => !computed(section, chosen).ranks[i]).map((i) => section.names[i]);
    const head = (now === 0
      ? section.names[x] + "与" + section.names[y] + "得分相同。"
      : section.names[first] + "比" + section.names[second] + "多" + points(Math.abs(now)) + "分。")
      + (out.length ? out.join("、") + "在所选口径下被否决，不参加排名。" : "");
    told.textContent = head + (turning.length
      ? "在所选口径上单独再改用以下任一项，先后就不同：" + turning.join("、") + "。"
      : "在所选口径上单独再改任何一项，先后都不变。");
  }

  function address() {
    return "#" + order.filter((n) => chosen[n]).map((n) => n + "=" + byName[n].options[chosen[n]][0]).join("&");
  }

  function show() {
    order.forEach((name) => {
      const button = document.querySelector('input[name="r-' + name + '"][value="' + chosen[name] + '"]');
      if (button) button.checked = true;
    });
    data.sections.forEach(ranking);
    const changed = order.filter((name) => chosen[name]);
    const told = $("chosen");
    told.textContent = changed.length
      ? "以下不是本次口径的结果。改用了：" + changed.map((n) => option(n, chosen[n])).join("、")
      : "现在显示的是本次口径的结果。";
    told.className = changed.length ? "deviates" : "";
    $("link").value = address();
    $("copied").textContent = "";
    pinned();
  }

  function readable(text) {
    try { return decodeURIComponent(text); } catch (error) { return text; }
  }

  function restored() {
    order.forEach((name) => { chosen[name] = 0; });
    const unknown = [];
    readable(location.hash.slice(1)).split("&").filter(Boolean).forEach((part) => {
      const [name, value] = part.split("=");
      const i = order.includes(name) ? byName[name].options.findIndex((o) => o[0] === value) : -1;
      if (i < 0) unknown.push(part); else chosen[name] = i;
    });
    $("unknown").textContent = unknown.length ? "链接中有本页没有的口径，未采用：" + unknown.join("、") : "";
    show();
  }

  document.querySelectorAll('input[type="radio"][name^="r-"]').forEach((button) => {
    button.addEventListener("change", () => {
      chosen[button.name.slice(2)] = Number(button.value);
      history.replaceState(null, "", address());
      show();
    });
  });
  $("reset").addEventListener("click", () => {
    order.forEach((name) => { chosen[name] = 0; });
    history.replaceState(null, "", "#");
    $("unknown").textContent = "";
    show();
  });
  $("copy").addEventListener("click", () => {
    $("link").select();
    $("copied").textContent = document.execCommand("copy") ? "已复制" : "没有复制成，请从下面的框中自行复制";
  });
  ["pin-a", "pin-b"].forEach((id) => $(id).addEventListener("change", pinned));
  window.addEventListener("hashchange", restored);
  $("trial").hidden = false;
  restored();
})();
