(function () {
  "use strict";
  const $ = (id) => document.getElementById(id);
  const room = $("compare"), list = $("list"), fields = [...room.querySelectorAll("input.one")];
  const titles = Object.fromEntries([...list.options].map((o) => [o.value, o.textContent]));
  const files = {}, waiting = {};
  let asked = 0;

  // ---- data ---------------------------------------------------------------------------------

  window.side_by_side = (name, data) => { files[name] = data; };

  function load(name) {
    if (!waiting[name]) {
      waiting[name] = new Promise((done, failed) => {
        const script = document.createElement("script");
        script.src = room.dataset.folder + "/" + name + ".js";
        script.onload = () => { script.remove(); if (files[name]) { done(files[name]); } else { failed(new Error(name)); } };
        script.onerror = () => { script.remove(); delete waiting[name]; failed(new Error(name)); };
        document.head.appendChild(script);
      });
    }
    return waiting[name];
  }

  async function side(kind, place) {
    const { begins, who } = files[kind];
    const piece = begins.filter((begin) => begin <= place).length;
    const { texts, columns } = await load(kind + "-" + piece);
    const [code, name, unit] = who[place];
    return { ...columns[place - begins[piece - 1]], code, name, unit, texts };
  }

  // ---- points: whole ten-thousandths ----------------------------------------------------------

  function points(value, four, signed) {
    const size = Math.abs(value), whole = Math.floor(size / 10000);
    const rest = String(size % 10000).padStart(4, "0");
    const sign = value < 0 ? "−" : signed && value > 0 ? "+" : "";
    return sign + whole + "." + (four ? rest : rest.slice(0, 2));
  }

  const spread = (values) => Math.max(...values) - Math.min(...values);
  const sum = (values) => values.reduce((one, other) => one + other, 0);

  // ---- what differs -----------------------------------------------------------------------------

  function row(title, locator, anchor, cells) {
    return { title, locator, anchor, cells, spread: spread(cells.map((c) => c.points)) };
  }

  function parted(sides, told) {
    const cell = (s, node) => ({ points: s.cells[node][0], why: s.texts[s.cells[node][1]], state: s.texts[s.cells[node][2]] });
    const parts = told.parts.map(([node, inner]) => {
      const own = (n) => row(told.nodes[n][1], told.nodes[n][2], told.nodes[n][0], sides.map((s) => cell(s, n)));
      const part = own(node);
      part.rows = inner.map(own);
      if (inner.length) {
        const settled = sides.map((s) => ({ points: s.cells[node][0] - sum(inner.map((n) => s.cells[n][0])), why: cell(s, node).why, state: "" }));
        part.cells.forEach((c) => { c.why = ""; });
        if (settled.some((c) => c.points)) part.rows.push(row("『" + part.title + "』的结算", "封顶、扣完为止、归零等", told.nodes[node][0], settled));
      }
      return part;
    });
    const beyond = sides.map((s) => ({ points: s.total - sum(told.parts.map(([node]) => s.cells[node][0])), why: "", state: "" }));
    if (beyond.some((c) => c.points)) parts.push({ ...row("总分的结算", "不参与的条款折算等", "settlement", beyond), rows: [] });
    const most = (part) => Math.max(0, ...part.rows.map((r) => r.spread));
    parts.forEach((part) => part.rows.sort((a, b) => b.spread - a.spread));
    return parts.sort((a, b) => b.spread - a.spread || most(b) - most(a));
  }

  function sentences(sides, parts) {
    const clauses = parts.flatMap((part) => part.rows.length ? part.rows : [part]);
    const first = sides[0];
    return sides.slice(1).map((s, n) => {
      const gap = (r) => r.cells[n + 1].points - r.cells[0].points;
      const moved = clauses.filter(gap).sort((a, b) => Math.abs(gap(b)) - Math.abs(gap(a)));
      const told = (some, word) => some.length ? word + some.slice(0, 3).map((r) => r.title + plain(Math.abs(gap(r))) + "分").join("、") + (some.length > 3 ? "等" + some.length + "条" : "") : "";
      const lead = s.total - first.total;
      return [s.name + (lead ? "比" + first.name + (lead > 0 ? "多" : "少") + plain(Math.abs(lead)) + "分" : "与" + first.name + "总分相同"),
        told(moved.filter((r) => gap(r) > 0), "多在"), told(moved.filter((r) => gap(r) < 0), "少在")].filter(Boolean).join("；") + "。";
    });
  }

  const plain = (value) => points(value, value % 100 !== 0);

  // ---- tables -----------------------------------------------------------------------------------

  function made(tag, text, name) {
    const element = document.createElement(tag);
    if (text) element.textContent = text;
    if (name) element.className = name;
    return element;
  }

  function link(text, address, label) {
    const a = made("a", text);
    a.href = address;
    if (label) a.setAttribute("aria-label", label);
    return a;
  }

  function table(sides, label, corner, name) {
    const box = made("div", "", "scroll"), t = made("table", "", name), head = t.createTHead().insertRow();
    box.setAttribute("role", "group");
    box.setAttribute("aria-label", label);
    head.appendChild(made("th", corner)).scope = "col";
    sides.forEach((s) => {
      const th = head.appendChild(made("th"));
      th.scope = "col";
      th.appendChild(link(s.name, s.link));
      th.appendChild(made("small", s.code + (s.unit ? " · " + s.unit : "")));
    });
    box.appendChild(t);
    return [box, t, t.createTBody()];
  }

  function heading(row, title, small, anchor) {
    const th = row.appendChild(made("th"));
    th.scope = "row";
    th.appendChild(document.createTextNode(title));
    if (small) th.appendChild(made("small", small));
    return th;
  }

  function fact(body, title, sides, value) {
    const line = body.insertRow();
    heading(line, title);
    sides.forEach((s, n) => {
      const td = line.appendChild(made("td"));
      td.dataset.k = s.name;
      td.append(value(s, n));
    });
  }

  function pair(value, first, four, n) {
    const box = made("span", "", "pair");
    box.appendChild(made("b", points(value, four)));
    box.appendChild(made("i", n ? points(value - first, four, true) : ""));
    return box;
  }

  function line(body, r, sides, told, four, name) {
    const tr = body.insertRow();
    if (name) tr.className = name;
    heading(tr, r.title, r.locator);
    sides.forEach((s, n) => {
      const c = r.cells[n], td = tr.appendChild(made("td"));
      td.dataset.k = s.name;
      td.appendChild(pair(c.points, r.cells[0].points, four, n));
      const why = made("p", [c.state, c.why].filter(Boolean).join("："), "why");
      if (why.textContent) why.appendChild(document.createTextNode(" "));
      const account = why.appendChild(link("账目", s.link + (told.anchored ? "#" + r.anchor : ""), s.name + "的账目：" + r.title));
      account.className = "screen";
      td.appendChild(why);
    });
  }

  function show(kind, sides) {
    const told = files[kind], parts = parted(sides, told), rows = parts.flatMap((p) => [p, ...p.rows]);
    const four = [...sides.flatMap((s) => [s.total, s.low, s.high]), ...rows.flatMap((r) => r.cells.map((c) => c.points))].some((v) => v % 100);
    const [top, , facts] = table(sides, "总分和名次", "对象", "sides stack");
    fact(facts, "总分", sides, (s, n) => pair(s.total, sides[0].total, four, n));
    if (sides.some((s) => s.low !== s.high)) fact(facts, "待补齐后可达", sides, (s) => s.low === s.high ? "—" : points(s.low, four) + "～" + points(s.high, four));
    fact(facts, "名次", sides, (s) => s.rank ? "第" + s.rank + "名" : "不参加排名");
    if (sides.some((s) => s.certain)) fact(facts, "名次是否确定", sides, (s) => s.certain || "—");
    fact(facts, "状态", sides, (s) => s.state);
    const out = [made("h2", "总分和名次"), top, made("h2", "差在哪里"), made("p", "项目和条款都从差得最多的排起。左边是得分，右边是与" + sides[0].name + "之差。", "note")];
    const differing = parts.filter((p) => p.spread || p.rows.some((r) => r.spread));
    if (differing.length) {
      const [box, t, first] = table(sides, "差在哪里", "项目和条款", "sides stack differ");
      first.remove();
      differing.forEach((p) => {
        const body = t.createTBody();
        line(body, p, sides, told, four, "part");
        p.rows.filter((r) => r.spread).forEach((r) => line(body, r, sides, told, four));
      });
      out.push(box);
    } else {
      out.push(made("p", "各条得分都相同。"));
    }
    const same = parts.flatMap((p) => p.rows.length ? p.rows : [p]).filter((r) => !r.spread);
    if (same.length) {
      const fold = made("details"), [box, , body] = table(sides, "得分相同的条款", "条款", "sides stack");
      fold.appendChild(made("summary", same.length + "条相同"));
      same.forEach((r) => line(body, r, sides, told, four));
      fold.appendChild(box);
      out.push(fold);
    }
    $("told").replaceChildren(...sentences(sides, parts).map((text) => made("p", text)));
    $("tables").replaceChildren(...out);
    const shown = $("address"), own = "compare.html" + address(kind, sides);
    shown.replaceChildren("这一比较的链接（可以发给别人）：", link(own, own));
    shown.hidden = false;
  }

  // ---- who is compared --------------------------------------------------------------------------

  const address = (kind, some) => "#" + [kind, ...some.map((one) => one.code)].map(encodeURIComponent).join("/");

  const readable = (text) => { try { return decodeURIComponent(text); } catch (error) { return text; } };

  const label = (one) => one[1] + "（" + one[0] + "）";

  function place(kind, text) {
    const who = files[kind].who, wanted = text.trim();
    let found = who.findIndex((one) => one[0] === wanted || label(one) === wanted);
    if (found < 0) {
      const named = who.flatMap((one, n) => one[1] === wanted ? [n] : []);
      if (named.length > 1) return "叫“" + wanted + "”的有" + named.length + "个，请写代码。";
      found = named.length ? named[0] : -1;
    }
    return found < 0 ? titles[kind] + "名单里没有“" + wanted + "”。" : found;
  }

  function say(problems) {
    $("problem").textContent = problems.join("");
    $("problem").className = problems.length ? "warn" : "";
  }

  function clear() {
    $("told").replaceChildren();
    $("tables").replaceChildren();
    $("address").hidden = true;
  }

  async function offered(kind) {
    await load(kind);
    if ($("everyone").dataset.kind !== kind) {
      $("everyone").replaceChildren(...files[kind].who.map((one) => { const o = made("option"); o.value = label(one); return o; }));
      $("everyone").dataset.kind = kind;
    }
  }

  async function guarded(work) {
    const turn = asked += 1;
    try {
      await work(() => turn === asked);
    } catch (error) {
      clear();
      say(["没有读到数据文件 " + room.dataset.folder + "/" + error.message + ".js。请把整个记录文件夹放在一起，再打开本页。"]);
    }
  }

  async function compare(kind, places, problems, current) {
    const sides = await Promise.all(places.map((n) => side(kind, n)));
    if (!current()) return;
    say(problems);
    if (sides.length > 1) show(kind, sides); else clear();
  }

  function taken() {
    if (location.hash && document.getElementById(readable(location.hash.slice(1)))) return;
    guarded(async (current) => {
      const parts = location.hash.slice(1).split("/").map(readable).filter(Boolean), problems = [];
      let [kind, ...codes] = parts;
      if (!Object.keys(titles).includes(kind)) {
        if (kind !== undefined) problems.push("链接里没有写对是哪个名单，请在上面选。");
        kind = list.value;
        codes = [];
      }
      list.value = kind;
      await offered(kind);
      if (!current()) return;
      const places = [];
      codes.forEach((code) => {
        const found = files[kind].who.findIndex((one) => one[0] === code);
        if (found < 0) problems.push("这份记录的" + titles[kind] + "名单里没有“" + code + "”，没有列入。");
        else if (places.includes(found)) problems.push("“" + code + "”重复，只列一次。");
        else if (places.length === fields.length) problems.push("最多并排" + fields.length + "个，“" + code + "”没有列入。");
        else places.push(found);
      });
      if (parts.length && places.length < 2) problems.push("请选两个以上的对象。");
      fields.forEach((field, n) => {
        field.value = n < places.length ? label(files[kind].who[places[n]]) : "";
        field.removeAttribute("aria-invalid");
      });
      await compare(kind, places, problems, current);
    });
  }

  function chosen() {
    guarded(async (current) => {
      const kind = list.value, problems = [], places = [];
      await offered(kind);
      if (!current()) return;
      fields.forEach((field) => {
        const found = field.value.trim() ? place(kind, field.value) : null;
        let wrong = typeof found === "string" ? found : "";
        if (typeof found === "number" && places.includes(found)) wrong = "“" + field.value + "”重复，只列一次。";
        if (wrong) { problems.push(wrong); field.setAttribute("aria-invalid", "true"); } else { field.removeAttribute("aria-invalid"); }
        if (typeof found === "number" && !wrong) places.push(found);
      });
      history.replaceState(null, "", address(kind, places.map((n) => ({ code: files[kind].who[n][0] }))));
      if (places.length === 1 && !problems.length) problems.push("再选一个就能比较。");
      await compare(kind, places, problems, current);
    });
  }

  $("unscripted").hidden = true;
  room.hidden = false;
  fields.forEach((field) => field.addEventListener("change", chosen));
  list.addEventListener("change", () => { fields.forEach((field) => { field.value = ""; }); chosen(); });
  window.addEventListener("hashchange", taken);
  if (list.options.length) taken();
}());
