(function () {
  "use strict";
  var SHOWN = 50;
  var input = document.getElementById("find-what");
  var count = document.getElementById("find-count");
  var rows = Array.prototype.slice.call(document.querySelectorAll("#hits li"));
  function plain(text) {
    return text.normalize("NFKC").toLowerCase().replace(/[〔〕\[\]【】()（）《》「」『』]/g, " ").trim();
  }
  var known = rows.map(function (row) {
    var numbers = row.getAttribute("data-n"), cut = numbers === null ? -1 : numbers.indexOf("|");
    var begin = cut < 0 ? "" : numbers.slice(0, cut);
    var all = cut < 0 ? [] : numbers.slice(cut + 1).split(" ").map(function (end) { return plain(begin + end); });
    return { row: row, head: plain(row.firstChild.textContent), text: plain(row.textContent), numbers: all };
  });
  function fits(hit, word) {
    return hit.text.indexOf(word) >= 0 || hit.numbers.some(function (number) { return number.indexOf(word) >= 0; });
  }
  function begins(text, word) {
    var at = text.indexOf(word);
    while (at > 0 && /\d/.test(word[0]) && /\d/.test(text[at - 1])) { at = text.indexOf(word, at + 1); }
    return at >= 0;
  }
  function worth(hit, words) {
    if (hit.head === words.join(" ") || hit.head.split(/\s+/).indexOf(words.join("")) >= 0) { return 0; }
    return words.every(function (word) { return begins(hit.head, word); }) ? 1 : 2;
  }
  function find() {
    var words = plain(input.value).replace(/([\u3400-\u9fff])(\d)/g, "$1 $2").split(/\s+/).filter(Boolean), list = rows.length ? rows[0].parentNode : null, found = [];
    known.forEach(function (hit, place) {
      if (words.length && words.every(function (word) { return fits(hit, word); })) { found.push([worth(hit, words), place, hit]); }
      hit.row.hidden = true;
    });
    found.sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; });
    found.slice(0, SHOWN).forEach(function (item) { item[2].row.hidden = false; list.appendChild(item[2].row); });
    count.textContent = !words.length ? "可查" + rows.length + "处" : !found.length ? "没有找到；换一个词，或只写编号的一部分" : "找到" + found.length + "处" + (found.length > SHOWN ? "，列出前" + SHOWN + "处" : "");
  }
  function links() { return rows.length ? Array.prototype.slice.call(document.querySelectorAll("#hits li:not([hidden]) a")) : []; }
  document.querySelector(".find-here").hidden = false;
  function take() {
    var asked = location.hash.indexOf("#q=") === 0 ? location.hash.slice(3) : "";
    try { asked = decodeURIComponent(asked); } catch (error) { asked = ""; }
    input.value = asked;
    find();
    input.focus();
  }
  input.addEventListener("input", find);
  document.addEventListener("keydown", function (event) {
    var shown = links(), at = shown.indexOf(document.activeElement);
    if (event.key === "Escape") { input.value = ""; find(); input.focus(); }
    if (event.key === "Enter" && document.activeElement === input && shown.length) { event.preventDefault(); shown[0].click(); }
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      var next = at + (event.key === "ArrowDown" ? 1 : -1);
      event.preventDefault();
      if (next < 0) { input.focus(); } else if (next < shown.length) { shown[next].focus(); }
    }
  });
  window.addEventListener("hashchange", take);
  take();
}());
