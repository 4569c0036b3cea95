// The page's clock stands still when its kernel died, the desk was closed or the computer slept.
(() => {
  const patience = 15000;
  const lost = document.getElementById("desk-lost");
  let seen = "", since = Date.now();

  async function say() {
    let state = "open";
    try {
      await fetch("/login", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    } catch (error) {
      state = error.name === "TimeoutError" ? "slow" : "closed";
    }
    lost.textContent = {
      open: "这一页和操作台断开了，显示的可能不是最新情况。正在进行的工作不受影响。",
      slow: "操作台暂时没有回应：请稍候，这一页会自己接上。正在进行的工作不受影响。",
      closed: "操作台已经关闭：请再双击一次“开始”。正在进行的工作不受影响。",
    }[state];
    if (state === "open") {
      const button = document.createElement("button");
      button.textContent = "重新打开这一页";
      button.onclick = () => location.reload();
      lost.append(button);
    }
    lost.hidden = false;
  }

  setInterval(() => {
    const clock = document.querySelector(".desk-clock .widget-html-content");
    const told = clock ? clock.textContent : "";
    if (told !== seen) {
      seen = told;
      since = Date.now();
      lost.hidden = true;
    } else if (Date.now() - since > patience && lost.hidden) {
      say();
    }
  }, 1000);
})();
