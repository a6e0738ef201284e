// Adds the position of this device to a call for help, once its owner presses the button and allows it.
"use strict";
(() => {
  const part = document.getElementById("here");
  if (!part || !navigator.geolocation) return;
  const field = document.getElementById("position");
  const show = (name) => {
    for (const one of part.querySelectorAll("[data-here]")) one.hidden = one.dataset.here !== name;
  };
  part.hidden = false;
  part.querySelector("button").addEventListener("click", () => {
    show("busy");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        field.value = `${coords.latitude.toFixed(5)},${coords.longitude.toFixed(5)}`;
        show("done");
      },
      () => show("denied"),
      { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
    );
  });
})();
