// Warns before a session ends, and keeps it going when asked to.
const ending = document.getElementById("ending");
if (ending) {
  const WARN = 120;
  let endsAt = Date.now() + Number(ending.dataset.seconds) * 1000;
  const minutes = ending.querySelector("[data-minutes]");
  const tick = () => {
    const left = Math.round((endsAt - Date.now()) / 1000);
    ending.hidden = left > WARN;
    if (left <= 0) {
      minutes.textContent = "a moment";
    } else {
      minutes.textContent = left > 90 ? "2 minutes" : left > 30 ? "1 minute" : "half a minute";
    }
  };
  ending.querySelector("[data-stay]").addEventListener("click", async () => {
    const answer = await fetch("/staff/stay", { method: "POST", redirect: "manual" });
    if (answer.ok) {
      endsAt = Date.now() + Number(await answer.text()) * 1000;
      tick();
      document.getElementById("maincontent").focus();
    } else {
      location.assign("/staff/sign-in");
    }
  });
  tick();
  setInterval(tick, 5000);
}
