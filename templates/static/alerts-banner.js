/* Crier: shows the alerts in force at the top of any page.
   <script src="https://alerts.city.example/alerts/banner.js" defer></script>
   With data-into="#id" it goes into that element; data-lang="es" chooses the language (else the page's own). */
(function () {
  "use strict";
  var script = document.currentScript;
  var colours = { extreme: ["#7a0010", "#ffffff"], severe: ["#b3261e", "#ffffff"], other: ["#ffd166", "#1a1a1a"] };

  function chosen(offered, fallback) {
    var tag = (script.dataset.lang || document.documentElement.lang || fallback).toLowerCase();
    for (; tag; tag = tag.slice(0, Math.max(0, tag.lastIndexOf("-")))) {
      for (var one in offered) {
        if (one.toLowerCase() === tag) return one;
      }
    }
    return fallback;
  }

  function line(alert) {
    var link = document.createElement("a"), pair = colours[alert.level] || colours.other;
    link.href = alert.page;
    link.lang = alert.lang;
    link.dir = "auto";
    link.textContent = (alert.danger ? alert.danger + ": " : "") + alert.title;
    link.style.cssText = "display:block;padding:.75em 1em;font:bold 1.1rem/1.4 system-ui,sans-serif;" +
      "text-align:center;text-decoration:underline;background:" + pair[0] + ";color:" + pair[1];
    return link;
  }

  function show(news) {
    var told = news.languages[chosen(news.languages, news.default)];
    if (!told.alerts.length) return;
    var box = document.createElement("div");
    box.setAttribute("role", "region");
    box.setAttribute("aria-label", told.label);
    told.alerts.forEach(function (one) {
      if (/^https?:\/\//.test(one.page)) box.appendChild(line(one));
    });
    var into = script.dataset.into && document.querySelector(script.dataset.into);
    if (into) into.appendChild(box);
    else document.body.insertBefore(box, document.body.firstChild);
  }

  fetch(script.src.replace(/banner\.js.*$/, "banner.json"), { credentials: "omit", referrerPolicy: "no-referrer" })
    .then(function (answer) { return answer.json(); })
    .then(show)
    .catch(function () {});
})();
