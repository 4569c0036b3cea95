(function () {
  "use strict";
  function all(where, what) { return Array.prototype.slice.call(where.querySelectorAll(what)); }
  var order = new Intl.Collator("zh-CN", { numeric: true });
  function key(row, n) {
    var cell = row.cells[n];
    return cell.hasAttribute("data-v") ? cell.getAttribute("data-v") : cell.textContent.trim();
  }
  function compare(a, b) {
    if (a === b) { return 0; }
    if (a === "" || b === "") { return a === "" ? 1 : -1; }
    var x = Number(a), y = Number(b);
    return isNaN(x) || isNaN(y) ? order.compare(a, b) : x - y;
  }
  function sortable(table) {
    var body = table.tBodies[0];
    all(table.tHead, "th").forEach(function (head, n) {
      var button = document.createElement("span");
      button.setAttribute("role", "button");
      button.tabIndex = 0;
      button.className = "sort";
      while (head.firstChild) { button.appendChild(head.firstChild); }
      head.appendChild(button);
      button.addEventListener("keydown", function (event) {
        if (event.key === "Enter" || event.key === " ") { event.preventDefault(); button.click(); }
      });
      button.addEventListener("click", function () {
        var down = head.getAttribute("aria-sort") === "ascending";
        all(table.tHead, "th").forEach(function (other) { other.removeAttribute("aria-sort"); });
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        all(body, "tr").map(function (row, i) { return [key(row, n), i, row]; })
          .sort(function (a, b) {
            var c = compare(a[0], b[0]);
            if (a[0] === "" || b[0] === "") { return c || a[1] - b[1]; }
            return (down ? -c : c) || a[1] - b[1];
          })
          .forEach(function (item) { body.appendChild(item[2]); });
      });
    });
  }
  function searchable(table) {
    var box = table.closest(".scroll") || table;
    var rows = all(table.tBodies[0], "tr");
    var line = document.createElement("div");
    line.className = "search";
    var label = document.createElement("label");
    label.textContent = "查找 ";
    var input = document.createElement("input");
    input.type = "search";
    label.appendChild(input);
    var count = document.createElement("span");
    count.setAttribute("role", "status");
    function say(n) { count.textContent = "共" + rows.length + "行" + (n < rows.length ? "，显示" + n + "行" : ""); }
    line.appendChild(label);
    line.appendChild(count);
    box.parentNode.insertBefore(line, box);
    say(rows.length);
    input.addEventListener("input", function () {
      var words = input.value.trim().toLowerCase().split(/\s+/);
      table.classList.remove("first");
      var n = 0;
      rows.forEach(function (row) {
        var text = row.textContent.toLowerCase();
        var hit = words.every(function (word) { return text.indexOf(word) >= 0; });
        row.hidden = !hit;
        if (hit) { n += 1; }
      });
      say(n);
    });
  }
  function shortened(table) {
    var box = table.closest(".scroll") || table, rows = table.tBodies[0].rows.length;
    var button = document.createElement("button");
    button.type = "button";
    button.className = "fold rest";
    button.textContent = "显示全部" + rows + "行";
    table.classList.add("first");
    box.parentNode.insertBefore(button, box.nextSibling);
    button.addEventListener("click", function () { table.classList.remove("first"); });
  }
  all(document, "table[data-first]").forEach(shortened);
  all(document, "table[data-search]").forEach(searchable);
  all(document, "table[data-sort]").forEach(sortable);
  all(document, "button[data-open]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      var open = button.getAttribute("aria-expanded") !== "true";
      button.setAttribute("aria-expanded", String(open));
      button.textContent = button.getAttribute(open ? "data-close" : "data-label");
      all(document, button.getAttribute("data-open")).forEach(function (fold) { fold.open = open; });
    });
  });
  all(document, "a[data-find]").forEach(function (link) {
    var label = document.createElement("label"), input = document.createElement("input");
    label.textContent = "查找 ";
    input.type = "search";
    input.placeholder = "对象、条款、编号（按 / 键）";
    label.appendChild(input);
    link.parentNode.replaceChild(label, link);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && !event.isComposing) { location.href = link.href + "#q=" + encodeURIComponent(input.value.trim()); }
      if (event.key === "Escape") { input.value = ""; }
    });
    document.addEventListener("keydown", function (event) {
      var typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
      if (event.key === "/" && !typing && !event.ctrlKey && !event.altKey && !event.metaKey) { event.preventDefault(); input.focus(); }
    });
  });
  function reachable() {
    all(document, "pre, .scroll").forEach(function (box) {
      if (box.scrollWidth > box.clientWidth && !box.querySelector("a[href], button, input, [tabindex]")) { box.tabIndex = 0; }
    });
  }
  window.addEventListener("resize", reachable);
  document.addEventListener("toggle", reachable, true);
  reachable();
  all(document, "button[data-print]").forEach(function (button) {
    var only = "only-" + button.getAttribute("data-print");
    button.hidden = false;
    button.addEventListener("click", function () {
      document.body.classList.add(only);
      window.print();
      document.body.classList.remove(only);
    });
  });
  function reveal() {
    var target = null;
    try { target = document.getElementById(decodeURIComponent(location.hash.slice(1))); } catch (error) { return; }
    for (var up = target; up; up = up.parentElement) { if (up.tagName === "DETAILS") { up.open = true; } }
    if (target) { target.scrollIntoView(); }
  }
  window.addEventListener("hashchange", reveal);
  if (location.hash) { reveal(); }
  var folded = [];
  window.addEventListener("beforeprint", function () {
    folded = all(document, "details:not(.code):not(.cells):not([open])");
    folded.forEach(function (fold) { fold.open = true; });
  });
  window.addEventListener("afterprint", function () {
    folded.forEach(function (fold) { fold.open = false; });
  });
}());
