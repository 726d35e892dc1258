// Shows how far a file has come, and opens the next page once it is done. Without a script the page loads itself again.
const progress = document.getElementById("progress");
if (progress) {
  const said = progress.querySelector("[data-said]");
  const bar = document.getElementById("bar");
  const aloud = document.querySelector("[data-aloud]");
  let spoken = -1;
  const look = async () => {
    const answer = await fetch(progress.dataset.address, { redirect: "manual" }).catch(() => null);
    // Signed out, forgotten or decided by somebody else: the page itself says what became of it.
    if (answer && !answer.ok) return location.reload();
    const told = answer ? await answer.json() : null;
    if (told && !told.running) return location.reload();
    if (told) show(told);
    setTimeout(look, 1000);
  };
  const show = ({ lines, of }) => {
    said.textContent = of ? `${lines} of about ${of} lines` : lines ? `${lines} lines so far` : "Opening the file";
    if (!of) return;
    bar.max = of;
    bar.value = Math.min(lines, of);
    const tenths = Math.floor((10 * lines) / of);
    if (tenths === spoken) return;
    spoken = tenths;
    aloud.textContent = `${Math.min(tenths, 10) * 10}% done`;
  };
  setTimeout(look, 500);
}
